// SPDX-License-Identifier: MIT
// Text, arrays, maps and XML, step by step beside yjs.
import assert from 'node:assert/strict'
import { hex, meet, scenario } from './scenarios.mjs'

// ---- text -----------------------------------------------------------------------------------

scenario('text is inserted and deleted at both ends and in between', 1, {}, async a => {
  const t = await a.root('t')
  await a.insert(t, 0, 'bd')
  await a.insert(t, 0, 'a')
  await a.insert(t, 2, 'c')
  await a.insert(t, 4, 'e')
  await a.text(t, 'abcde')
  await a.erase(t, 0, 1)
  await a.erase(t, 3, 1)
  await a.erase(t, 1, 1)
  await a.text(t, 'bd')
  await a.insert(t, 1, 'again')
  await a.text(t, 'bagaind')
})

scenario('a pair of surrogates that is torn becomes two replacement characters', 2, {}, async (a, b) => {
  const t = await a.root('t')
  const u = await b.root('t')
  await a.insert(t, 0, 'x😀y')
  await meet(a, b)
  await a.insert(t, 2, '|')
  await b.erase(u, 2, 1)
  await a.text(t, 'x\ufffd|\ufffdy')
  await meet(a, b)
  await a.text(t, b.y.getText('t').toString())
})

scenario('formats are opened and closed around what they are for', 1, {}, async a => {
  const t = await a.root('t')
  await a.insert(t, 0, 'abc', { bold: true })
  await a.deltaIs(t, [{ insert: 'abc', attributes: { bold: true } }])
  await a.erase(t, 0, 1)
  await a.insert(t, 2, 'z', { bold: true })
  await a.deltaIs(t, [{ insert: 'bcz', attributes: { bold: true } }])
  await a.insert(t, 0, 'y', {})
  await a.deltaIs(t, [{ insert: 'y' }, { insert: 'bcz', attributes: { bold: true } }])
  await a.format(t, 0, 2, { bold: null })
  await a.deltaIs(t, [{ insert: 'yb' }, { insert: 'cz', attributes: { bold: true } }])
  await a.format(t, 0, 4, { bold: null })
  await a.deltaIs(t, [{ insert: 'ybcz' }])
})

scenario('what overlaps is nested, and comes undone one by one', 1, {}, async a => {
  const t = await a.root('t')
  await a.insert(t, 0, '0123456789')
  await a.format(t, 0, 6, { b: true })
  await a.format(t, 4, 6, { i: true })
  await a.format(t, 2, 6, { b: null })
  await a.deltaIs(t, [{ insert: '01', attributes: { b: true } }, { insert: '23' }, { insert: '456789', attributes: { i: true } }])
  await a.erase(t, 1, 7)
  await a.deltaIs(t, [{ insert: '0', attributes: { b: true } }, { insert: '89', attributes: { i: true } }])
})

scenario('two who format the same words agree', 2, {}, async (a, b) => {
  const t = await a.root('t')
  const u = await b.root('t')
  await a.insert(t, 0, 'one two three')
  await meet(a, b)
  await a.format(t, 0, 7, { b: true, color: 'red' })
  await b.format(u, 4, 9, { b: true, color: 'blue' })
  await a.insert(t, 7, '!')
  await b.erase(u, 2, 4)
  await meet(a, b)
  assert.deepEqual(t[0].toDelta(), u[0].toDelta())
  await a.deltaIs(t, u[0].toDelta())
  await b.deltaIs(u, t[0].toDelta())
})

scenario('formats that nothing needs are tidied up when others made them so', 2, {}, async (a, b) => {
  const t = await a.root('t')
  const u = await b.root('t')
  await a.insert(t, 0, 'abcdef')
  await meet(a, b)
  await a.format(t, 1, 4, { b: true })
  await b.format(u, 1, 4, { b: true })
  await meet(a, b)
  await a.erase(t, 1, 4)
  await b.hear(a)
  await meet(a, b)
  await a.deltaIs(t, [{ insert: 'af' }])
})

scenario('deltas insert, retain, format and delete, embeds included', 1, {}, async a => {
  const t = await a.root('t')
  await a.delta(t, [{ insert: 'abcdef' }])
  await a.delta(t, [{ retain: 2, attributes: { b: true } }, { delete: 2 }, { insert: { image: 'x.png' }, attributes: { width: 3 } }])
  await a.deltaIs(t, [{ insert: 'ab', attributes: { b: true } }, { insert: { image: 'x.png' }, attributes: { width: 3 } }, { insert: 'ef' }])
  await a.delta(t, [{ retain: 2 }, { retain: 1, attributes: { width: null } }, { insert: '\n' }])
  await a.deltaIs(t, [{ insert: 'ab', attributes: { b: true } }, { insert: { image: 'x.png' } }, { insert: '\nef' }])
  await a.delta(t, [{ retain: 9 }, { insert: '.' }])
})

scenario('lines are formatted without the lines beside them', 1, {}, async a => {
  const t = await a.root('t')
  await a.delta(t, [{ insert: 'Title' }, { insert: '\n', attributes: { header: 1 } }, { insert: 'text\n' }])
  await a.insert(t, 5, ' two')
  await a.format(t, 10, 4, { em: true })
  await a.delta(t, [{ retain: 9 }, { retain: 1, attributes: { header: 2 } }])
  await a.deltaIs(t, [{ insert: 'Title two' }, { insert: '\n', attributes: { header: 2 } }, { insert: 'text', attributes: { em: true } }, { insert: '\n' }])
})

scenario('a thousand places are found again behind a thousand edits', 1, {}, async a => {
  const t = await a.root('t')
  for (let i = 0; i < 60; i++) await a.insert(t, (i * 7) % (i + 1), `${i},`)
  for (let i = 0; i < 30; i++) await a.erase(t, (i * 5) % 40, 2)
  await a.text(t, t[0].toString())
})

// ---- arrays ---------------------------------------------------------------------------------

scenario('three insert at one place and all agree on the order', 3, {}, async (a, b, c) => {
  const lists = [await a.root('a'), await b.root('a'), await c.root('a')]
  await a.list(lists[0], 0, ['x', 'y'])
  await meet(a, b, c)
  await a.list(lists[0], 1, [0, 1])
  await b.list(lists[1], 1, ['b'])
  await c.list(lists[2], 1, [true, null, { n: 1 }])
  await meet(a, b, c)
  for (const [i, twin] of [a, b, c].entries()) await twin.json(lists[i], ['x', 0, 1, 'b', true, null, { n: 1 }, 'y'])
})

scenario('what one deletes and another inserts beside is kept apart', 2, {}, async (a, b) => {
  const x = await a.root('a')
  const y = await b.root('a')
  await a.list(x, 0, ['x', 'y', 'z'])
  await meet(a, b)
  await a.unlist(x, 0, 3)
  await b.list(y, 2, ['new'])
  await b.unlist(y, 1, 1)
  await meet(a, b)
  await a.json(x, ['new'])
  await b.json(y, ['new'])
})

scenario('a type that was deleted takes what others put into it along', 2, {}, async (a, b) => {
  const x = await a.root('a')
  const y = await b.root('a')
  await a.nest(x, 0, 'm')
  await meet(a, b)
  const inner = [y[0].get(0), await b.c.arrayGetType(y[1], 0)]
  await b.set(inner, 'k', 1)
  await a.unlist(x, 0, 1)
  await meet(a, b)
  await a.json(x, [])
  await b.json(y, [])
})

scenario('who comes late gets all of it', 3, {}, async (a, b, c) => {
  const x = await a.root('a')
  for (let i = 0; i < 20; i++) await a.list(x, i % 3, [i, `${i}`])
  await a.unlist(x, 5, 10)
  await b.hear(a)
  await c.take(a.updates.at(-1)) // it waits for the others
  for (const update of a.updates.slice().reverse()) await c.take(update)
  await c.json(await c.root('a'), x[0].toJSON())
  await b.json(await b.root('a'), x[0].toJSON())
})

// ---- maps -----------------------------------------------------------------------------------

scenario('a map holds values of every kind, and types', 1, {}, async a => {
  const m = await a.root('m')
  for (const [key, value] of Object.entries({ n: 1, f: 0.5, big: 2 ** 40, s: 'text', yes: true, no: false, nil: null, o: { a: [1, { b: 2 }] }, '': 'empty key' })) {
    await a.set(m, key, value)
  }
  const inner = await a.nest(m, 'list', 'a')
  await a.list(inner, 0, [[1, 2], 'x'])
  await a.json(m, m[0].toJSON())
  await a.unset(m, 's')
  await a.set(m, 'n', 2)
  await a.step(() => m[0].clear(), () => a.c.mapClear(m[1]))
  await a.json(m, {})
})

scenario('the one with the highest client id wins a key, whoever hears first', 4, {}, async (...all) => {
  const maps = await Promise.all(all.map(twin => twin.root('m')))
  for (const [i, twin] of all.entries()) await twin.set(maps[i], 'key', `by ${i}`)
  await all[0].unset(maps[0], 'key')
  await meet(...all)
  for (const [i, twin] of all.entries()) await twin.json(maps[i], { key: 'by 3' })
  await all[1].set(maps[1], 'key', 'later')
  await all[2].unset(maps[2], 'key')
  await meet(...all)
  for (const [i, twin] of all.entries()) await twin.json(maps[i], maps[0][0].toJSON())
})

// ---- XML ------------------------------------------------------------------------------------

scenario('elements have attributes, children and neighbours', 2, {}, async (a, b) => {
  const f = await a.root('f')
  const p = await a.nest(f, 0, 'e', 'P')
  await a.set(p, 'class', 'x')
  await a.set(p, 'align', 'left')
  const x = await a.nest(p, 0, 'x')
  await a.insert(x, 0, 'plain and bold')
  await a.format(x, 10, 4, { b: {} })
  const q = await a.nest(f, 1, 'e', 'q')
  await a.markup(f, '<p align="left" class="x">plain and <b>bold</b></p><q></q>')
  assert.equal(hex(await a.c.nextSibling(p[1])), hex(q[1]))
  assert.equal(hex(await a.c.prevSibling(q[1])), hex(p[1]))
  assert.equal(hex(await a.c.firstChild(p[1])), hex(x[1]))
  assert.equal(hex(await a.c.parent(x[1])), hex(p[1]))
  await b.hear(a)
  await b.markup(await b.root('f'), f[0].toString())
  await a.unlist(f, 0, 1)
  await meet(a, b)
  await b.markup(await b.root('f'), '<q></q>')
})

scenario('two who write into one fragment agree', 2, {}, async (a, b) => {
  const f = await a.root('f')
  const g = await b.root('f')
  await a.nest(f, 0, 'e', 'one')
  await b.nest(g, 0, 'e', 'two')
  await b.nest(g, 1, 'x')
  await meet(a, b)
  await a.markup(f, g[0].toString())
  await b.markup(g, f[0].toString())
})
