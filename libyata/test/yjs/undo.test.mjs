// SPDX-License-Identifier: MIT
// Undo, step by step beside yjs.
import assert from 'node:assert/strict'
import './clock.mjs' // before yjs
import * as Y from 'yjs'
import { hex, meet, scenario } from './scenarios.mjs'
import { manage } from './steps.mjs'

scenario('text is undone and redone, what others wrote stays', 2, {}, async (a, b) => {
  const t = await a.root('t')
  const u = await b.root('t')
  const manager = await manage(a, [t])
  await a.insert(t, 0, 'abc')
  await meet(a, b)
  await b.insert(u, 1, 'XYZ')
  await a.hear(b)
  await manager.undo()
  await a.text(t, 'XYZ')
  await manager.redo()
  await a.text(t, 'aXYZbc')
  await meet(a, b)
  await b.text(u, 'aXYZbc')
  await a.erase(t, 0, 2)
  await manager.undo()
  await manager.undo()
  await manager.undo(false)
})

scenario('formats are undone', 1, {}, async a => {
  const t = await a.root('t')
  await a.insert(t, 0, 'some text')
  const manager = await manage(a, [t])
  await a.format(t, 0, 4, { b: true })
  await a.format(t, 2, 5, { b: null, i: true })
  await manager.undo()
  await a.deltaIs(t, [{ insert: 'some', attributes: { b: true } }, { insert: ' text' }])
  await manager.undo()
  await a.deltaIs(t, [{ insert: 'some text' }])
  await manager.redo()
  await manager.redo()
  await a.deltaIs(t, [{ insert: 'so', attributes: { b: true } }, { insert: 'me te', attributes: { i: true } }, { insert: 'xt' }])
})

scenario('a key goes back to what it held, unless others have set it since', 2, {}, async (a, b) => {
  const m = await a.root('m')
  const n = await b.root('m')
  await a.set(m, 'k', 0)
  const manager = await manage(a, [m])
  await a.set(m, 'k', 1)
  await a.nest(m, 'list', 'a')
  await manager.undo()
  await manager.undo()
  await a.json(m, { k: 0 })
  await manager.redo()
  await a.json(m, { k: 1 })
  await meet(a, b)
  await b.set(n, 'k', 44)
  await meet(a, b)
  await manager.undo(false)
  await a.json(m, { k: 44 })
})

scenario('a type that was deleted comes back with what was in it', 1, {}, async a => {
  const l = await a.root('a')
  const manager = await manage(a, [l])
  const inner = await a.nest(l, 0, 'm')
  await a.set(inner, 'k', [1])
  await a.unlist(l, 0, 1)
  await manager.undo()
  await a.json(l, [{ k: [1] }])
  await manager.undo()
  await manager.undo()
  await a.json(l, [])
  for (let i = 0; i < 3; i++) await manager.redo()
  await a.json(l, [])
  await manager.undo()
  await a.json(l, [{ k: [1] }])
})

scenario('XML is undone', 1, {}, async a => {
  const f = await a.root('f')
  const manager = await manage(a, [f])
  const p = await a.nest(f, 0, 'e', 'p')
  const x = await a.nest(p, 0, 'x')
  await a.insert(x, 0, 'content')
  await a.format(x, 3, 4, { b: {} })
  await a.markup(f, '<p>con<b>tent</b></p>')
  await manager.undo()
  await a.markup(f, '<p>content</p>')
  await manager.redo()
  await a.markup(f, '<p>con<b>tent</b></p>')
  await a.unlist(f, 0, 1)
  await manager.undo()
  await a.markup(f, '<p>con<b>tent</b></p>')
})

scenario('what follows within the time-out is one step', 1, {}, async a => {
  const t = await a.root('t')
  const manager = await manage(a, [t], { timeout: 500 })
  for (const [ms, text] of [[1000, 'a'], [1400, 'b'], [2500, 'c']]) {
    await a.step(() => t[0].insert(t[0].length, text), () => a.c.insertText(t[1], 'abc'.indexOf(text), text), { ms })
  }
  await manager.undo()
  await a.text(t, 'ab')
  await manager.undo()
  await a.text(t, '')
})

scenario('what is typed between two undos stays', 1, {}, async a => {
  const t = await a.root('t')
  await a.insert(t, 0, 'left right')
  const manager = await manage(a, [t])
  await a.insert(t, 4, '<')
  await a.insert(t, 5, '>')
  await manager.undo()
  await manager.undo()
  await a.insert(t, 4, '|')
  await a.text(t, 'left| right')
  await manager.redo(false)
  await manager.undo()
  await a.text(t, 'left right')
})

scenario('a manager of the whole document undoes roots that came later', 2, {}, async (a, b) => {
  const manager = await manage(a, [])
  const t = await a.root('t', 'later')
  await a.insert(t, 0, 'mine')
  const m = await a.root('m', 'last') // (for a new root that is an array, Yjs makes a transaction)
  await a.set(m, 'k', 1)
  const u = await b.root('t', 'later')
  await b.insert(u, 0, 'theirs ')
  await a.hear(b)
  await manager.undo()
  await manager.undo()
  await a.json(m, {})
  await a.text(t, 'theirs ')
  await manager.redo()
  await manager.redo()
  await a.json(m, { k: 1 })
})

scenario('a manager of one type leaves what is beside it alone', 1, {}, async a => {
  const m = await a.root('m')
  const one = await a.nest(m, 'one', 't')
  const two = await a.nest(m, 'two', 't')
  const manager = await manage(a, [one])
  await a.insert(one, 0, '1')
  await a.insert(two, 0, '2')
  await a.set(m, 'three', 3)
  await manager.undo()
  await manager.undo(false)
  await a.json(m, { one: '', two: '2', three: 3 })
  await manager.widen(two)
  await a.insert(two, 1, '2')
  await manager.undo()
  await a.text(two, '2')
  await manager.widen(two)
  await manager.redo()
  await a.text(two, '22')
})

scenario('the transactions of those origins alone are undone that are tracked just then', 1, {}, async a => {
  const t = await a.root('t')
  const manager = await manage(a, [t], { origins: [1] })
  const by = (origin, text) =>
    a.step(() => t[0].insert(0, text), () => a.c.insertText(t[1], 0, text), { origin })
  await by(0, 'nobody ')
  await by(2, 'two ')
  await manager.undo(false)
  await by(1, 'one ')
  await manager.track(2)
  await by(2, 'two ')
  await manager.ignore(1)
  await by(1, 'one ')
  await manager.undo()
  await manager.undo()
  await manager.undo(false)
  await a.text(t, 'one two nobody ')
})

scenario('two managers undo each its own, and not what the other undid', 1, {}, async a => {
  const t = await a.root('t')
  const first = await manage(a, [t], { origins: [1] })
  const second = await manage(a, [t], { origins: [2], n: 1 })
  const by = (origin, text) =>
    a.step(() => t[0].insert(t[0].length, text), () => a.c.insertText(t[1], t[0].length - text.length, text), { origin })
  await by(1, 'a')
  await by(2, 'b')
  await by(1, 'c')
  await first.undo()
  await second.depths()
  await second.undo()
  await a.text(t, 'a')
  await first.redo()
  await second.redo()
  await first.undo()
  await first.undo()
  await a.text(t, 'b')
})

scenario('edits of a text within a text are undone with its place', 1, {}, async a => {
  const t = await a.root('t')
  const manager = await manage(a, [t])
  const inner = new Y.Text()
  let handle
  await a.step(() => t[0].insertEmbed(0, inner), () => {
    handle = a.c.insertTypeEmbed(t[1], 0, 't')
    return handle
  })
  const nested = [inner, await handle]
  await a.insert(nested, 0, 'initial')
  await a.erase(nested, 0, 7)
  await a.insert(nested, 0, 'other')
  await manager.undo()
  await manager.undo()
  await a.text(nested, 'initial')
  await a.erase(t, 0, 1)
  await manager.undo()
  assert.equal(t[0].toDelta()[0].insert.toString(), 'initial')
  await manager.undo()
  await manager.undo()
  assert.equal(t[0].length, 0)
  for (let i = 0; i < 3; i++) await manager.redo()
  await manager.redo(false)
})

scenario('steps that others made void are stepped over', 2, {}, async (a, b) => {
  const l = await a.root('a')
  const k = await b.root('a')
  await a.list(l, 0, ['kept'])
  const manager = await manage(a, [l])
  const first = await a.nest(l, 1, 'm')
  await a.set(first, 'n', 1)
  await a.set(first, 'n', 2)
  await meet(a, b)
  await b.unlist(k, 1, 1)
  await a.hear(b)
  await manager.depths()
  await manager.undo(false)
  await a.json(l, ['kept'])
  await manager.depths()
})

scenario('a nested type that was replaced again and again comes back as each', 1, {}, async a => {
  const m = await a.root('m')
  const manager = await manage(a, [m])
  for (const word of ['one', 'two', 'three']) {
    const inner = await a.nest(m, 'text', 'm')
    const text = await a.nest(inner, 'words', 't')
    await a.insert(text, 0, word)
    await manager.stop()
  }
  const seen = []
  for (let i = 0; i < 9; i++) {
    await manager.undo()
    seen.push(JSON.stringify(m[0].toJSON()))
  }
  await a.json(m, {})
  for (let i = 8; i >= 0; i--) {
    assert.equal(JSON.stringify(m[0].toJSON()), seen[i])
    await manager.redo()
  }
  await a.json(m, { text: { words: 'three' } })
  await manager.undo()
  await manager.redo()
  await a.json(m, { text: { words: 'three' } })
})

scenario('a point that was moved and deleted is moved back, and forth again', 2, {}, async (a, b) => {
  const m = await a.root('m')
  const manager = await manage(a, [m], { origins: [1] })
  const move = (make, ours) => a.step(make, ours, { origin: 1 })
  let point = new Y.Map()
  let handle
  await move(() => {
    m[0].set('p', point)
    point.set('x', 0)
    point.set('y', 0)
  }, () => {
    const made = a.c.mapSetXml(m[1], 'p', 'm')
    handle = a.c.place(1, m[1], ['p'])
    return [made, handle.done, a.c.mapSet(handle.place, 'x', 0), a.c.mapSet(handle.place, 'y', 0)]
  })
  handle = await handle.done
  for (const at of [100, 200, 300]) {
    await move(() => {
      point.set('x', at)
      point.set('y', at)
    }, () => [a.c.mapSet(handle, 'x', at), a.c.mapSet(handle, 'y', at)])
  }
  await move(() => m[0].delete('p'), () => a.c.mapDelete(m[1], 'p'))
  await b.hear(a)
  for (const p of [{ x: 300, y: 300 }, { x: 200, y: 200 }, { x: 100, y: 100 }, { x: 0, y: 0 }]) {
    await manager.undo()
    await a.json(m, { p })
  }
  await manager.undo()
  await a.json(m, {})
  for (const p of [{ x: 0, y: 0 }, { x: 100, y: 100 }, { x: 200, y: 200 }, { x: 300, y: 300 }]) {
    await manager.redo()
    await a.json(m, { p })
  }
  point = m[0].get('p')
  await manager.redo()
  await a.json(m, {})
  await meet(a, b)
})

scenario('an element that was moved between parents is undone', 1, {}, async a => {
  const f = await a.root('f')
  const manager = await manage(a, [f])
  const node = await a.nest(f, 0, 'e', 'list')
  const one = await a.nest(node, 0, 'e', 'item')
  await a.set(one, 'n', '1')
  await manager.stop()
  // Replaced by a copy in a new parent, as editors do who know no move.
  await a.unlist(f, 0, 1)
  const other = await a.nest(f, 0, 'e', 'quote')
  const copy = await a.nest(other, 0, 'e', 'item')
  await a.set(copy, 'n', '2')
  for (let i = 0; i < 4; i++) await manager.undo()
  await a.markup(f, '<list><item n="1"></item></list>')
  for (let i = 0; i < 4; i++) await manager.redo()
  await a.markup(f, '<quote><item n="2"></item></quote>')
  for (let i = 0; i < 7; i++) await manager.undo()
  await a.markup(f, '')
})

scenario('formatted text that was deleted comes back with its formats, with others too', 2, {}, async (a, b) => {
  const t = await a.root('t')
  const u = await b.root('t')
  await a.insert(t, 0, 'one ')
  await a.insert(t, 4, 'two', { bold: true })
  await a.insert(t, 7, ' three', {})
  await meet(a, b)
  const manager = await manage(a, [t])
  await a.erase(t, 2, 7)
  await b.format(u, 0, 9, { link: 'x' })
  await meet(a, b)
  await manager.undo()
  await meet(a, b)
  await b.deltaIs(u, t[0].toDelta())
  await manager.redo()
  await meet(a, b)
  await b.deltaIs(u, t[0].toDelta())
})

for (const ignoreRemoteMapChanges of [false, true]) {
  scenario(`an undo ${ignoreRemoteMapChanges ? 'replaces' : 'leaves'} what others set`, 2, {}, async (a, b) => {
    const m = await a.root('m')
    const n = await b.root('m')
    const manager = await manage(a, [m], { ignoreRemoteMapChanges })
    await a.set(m, 'k', 1)
    await a.set(m, 'k', 2)
    await meet(a, b)
    await b.set(n, 'k', 3)
    await b.set(n, 'k', 4)
    await meet(a, b)
    await manager.undo(ignoreRemoteMapChanges)
    await a.json(m, { k: ignoreRemoteMapChanges ? 1 : 4 })
    await meet(a, b)
    await b.json(n, m[0].toJSON())
  })
}

scenario('one step that deletes an element and changes its attributes is undone whole', 1, {}, async a => {
  const f = await a.root('f')
  const manager = await manage(a, [f], { origins: [1] })
  const el = await a.nest(f, 0, 'e', 'test')
  await a.set(el, 'a', '1')
  await a.set(el, 'b', '2')
  await a.step(() => {
    el[0].setAttribute('b', '3')
    f[0].delete(0, 1)
  }, () => [a.c.mapSet(el[1], 'b', '3'), a.c.arrayDelete(f[1], 0, 1)], { origin: 1 })
  await a.markup(f, '')
  await manager.undo()
  await a.markup(f, '<test a="1" b="2"></test>')
})

scenario('with a time-out without an end everything is one step, until it is told to stop', 1, {}, async a => {
  const t = await a.root('t')
  const manager = await manage(a, [t], { timeout: Number.MAX_SAFE_INTEGER })
  const type = (text, ms) => a.step(() => t[0].insert(t[0].length, text),
    () => a.c.insertText(t[1], t[0].length - text.length, text), { ms })
  await type('a', 1)
  await type('b', 1e6)
  await type('c', 1e12)
  await manager.stop()
  await type('d', 1e12)
  await manager.undo()
  await a.text(t, 'abc')
  await manager.undo()
  await a.text(t, '')
  await manager.redo()
  await manager.redo()
  await a.text(t, 'abcd')
  // What comes after a redo joins the last step.
  await type('e', 1e12 + 1)
  await manager.undo()
  assert.equal(hex(await a.c.encode()), hex(Y.encodeStateAsUpdate(a.y)))
})
