// SPDX-License-Identifier: MIT
// What observers are told, step by step beside yjs.
import assert from 'node:assert/strict'
import './clock.mjs' // before yjs
import * as Y from 'yjs'
import { ours, theirs } from './observers.mjs'
import { meet, scenario } from './scenarios.mjs'
import { canonical } from './snapshots.mjs'

/** Observe a type and all below it. What it returns compares what was told since, in the order of depth. */
async function watch (twin, [y, c]) {
  const said = []
  y.observe(event => said.push(['type', [canonical(theirs(event))]]))
  y.observeDeep(events => said.push(['deep', canonical(events.map(theirs))]))
  await twin.c.observe(c, 'watched')
  return async expected => {
    const told = (await twin.c.log()).map(({ what, events }) => [what, events.map(ours)])
    assert.deepEqual(told, said)
    assert.deepEqual(told.filter(([what]) => what === 'deep').flatMap(([, events]) => events.map(({ path, delta, keys }) => ({
      ...(path.length > 0 && { path }),
      ...(delta.length > 0 && { delta }),
      ...(keys.length > 0 && { keys: keys.map(([key, { action, old }]) => action === 'add' ? [key] : [key, action, old]) })
    }))), expected)
    said.length = 0
  }
}

scenario('text and arrays tell what was put where', 2, {}, async (a, b) => {
  const t = await a.root('t')
  const l = await a.root('a')
  const text = await watch(a, t)
  await a.insert(t, 0, 'abc')
  await text([{ delta: [{ insert: 'abc' }] }])
  await a.delta(t, [{ retain: 1 }, { delete: 1 }, { insert: '😀' }])
  await text([{ delta: [{ retain: 1 }, { delete: 1 }, { insert: '😀' }] }])
  await a.step(() => {
    t[0].insert(0, 'x')
    t[0].delete(0, 1)
  }, () => [a.c.insertText(t[1], 0, 'x'), a.c.deleteText(t[1], 0, 1)])
  await text([{}])
  const list = await watch(a, l)
  await a.list(l, 0, [1, 'two', { three: 3 }])
  await list([{ delta: [{ insert: [1, 'two', { three: 3 }] }] }])
  await a.unlist(l, 0, 2)
  await list([{ delta: [{ delete: 2 }] }])
  const m = await b.root('a')
  await b.hear(a)
  await b.list(m, 1, [4])
  await b.unlist(m, 0, 1)
  await a.hear(b)
  await list([{ delta: [{ delete: 1 }, { insert: [4] }] }])
})

scenario('formats tell what became of them, whoever else formatted', 2, {}, async (a, b) => {
  const t = await a.root('t')
  const u = await b.root('t')
  await a.insert(t, 0, 'abcde')
  await meet(a, b)
  await a.format(t, 0, 3, { bold: true })
  await b.format(u, 2, 2, { bold: true })
  const told = await watch(b, u)
  await b.hear(a)
  await told([{ delta: [{ retain: 3, attributes: { bold: true } }, { retain: 2, attributes: { bold: null } }] }])
  await meet(a, b)
  const here = await watch(a, t)
  await a.format(t, 0, 5, { bold: null })
  await here([{ delta: [{ retain: 2, attributes: { bold: null } }, { retain: 3, attributes: { bold: null } }] }])
  await a.format(t, 1, 2, { bold: null })
  await here([])
  await a.insert(t, 5, '!', { link: 'x' })
  await here([{ delta: [{ retain: 5 }, { insert: '!', attributes: { link: 'x' } }] }])
})

scenario('keys tell what they held', 2, {}, async (a, b) => {
  const m = await a.root('m')
  const told = await watch(a, m)
  await a.set(m, 'k', 1)
  await told([{ keys: [['k']] }])
  await a.set(m, 'k', 2)
  await told([{ keys: [['k', 'update', 1]] }])
  await a.step(() => {
    m[0].set('k', 3)
    m[0].set('new', 4)
    m[0].delete('new')
    m[0].delete('k')
  }, () => [a.c.mapSet(m[1], 'k', 3), a.c.mapSet(m[1], 'new', 4), a.c.mapDelete(m[1], 'new'), a.c.mapDelete(m[1], 'k')])
  await told([{ keys: [['k', 'delete', 2]] }])
  await a.set(m, 'x', 'a')
  await a.set(m, 'y', 'b')
  await a.c.log()
  const n = await b.root('m')
  await b.hear(a)
  await b.step(() => n[0].clear(), () => b.c.mapClear(n[1]))
  await a.hear(b)
  assert.equal(m[0].size, 0)
})

scenario('those above are told the way, a new type tells nothing of its own', 1, {}, async a => {
  const m = await a.root('m')
  const told = await watch(a, m)
  const list = new Y.Array()
  await a.step(() => {
    m[0].set('list', list)
    list.insert(0, [1, new Y.Map()])
  }, () => {
    const made = a.c.mapSetXml(m[1], 'list', 'a')
    const inner = a.c.place(1, m[1], ['list'])
    return [made, inner.done, a.c.arrayInsert(inner.place, 0, [1]), a.c.xmlInsert(inner.place, 1, 'm')]
  })
  await told([{ keys: [['list']] }])
  const handle = await a.c.mapGetType(m[1], 'list')
  const map = [list.get(1), await a.c.arrayGetType(handle, 1)]
  await a.set(map, 'k', 'v')
  await told([{ path: ['list', 1], keys: [['k']] }])
  // Three at once, the deepest first: told from the top down.
  await a.step(() => {
    map[0].set('k', 'w')
    list.insert(0, ['front'])
    m[0].set('top', true)
  }, () => [a.c.mapSet(map[1], 'k', 'w'), a.c.arrayInsert(handle, 0, ['front']), a.c.mapSet(m[1], 'top', true)])
  await told([{ keys: [['top']] }, { path: ['list'], delta: [{ insert: ['front'] }] },
    { path: ['list', 2], keys: [['k', 'update', 'v']] }])
  await a.step(() => {
    map[0].set('k', 'x')
    m[0].delete('list')
  }, () => [a.c.mapSet(map[1], 'k', 'x'), a.c.mapDelete(m[1], 'list')])
  await a.c.log()
})

scenario('siblings have their own ways, places within text count its units', 1, {}, async a => {
  const f = await a.root('f')
  await watch(a, f)
  const p = await a.nest(f, 0, 'e', 'p')
  const q = await a.nest(f, 1, 'e', 'q')
  const x = await a.nest(q, 0, 'x')
  await a.c.log()
  await a.step(() => {
    q[0].setAttribute('b', '2')
    p[0].setAttribute('a', '1')
    x[0].insert(0, 'é')
  }, () => [a.c.mapSet(q[1], 'b', '2'), a.c.mapSet(p[1], 'a', '1'), a.c.insertText(x[1], 0, 'é')])
  const log = (await a.c.log()).filter(({ what }) => what === 'deep').flatMap(({ events }) => events.map(ours))
  assert.deepEqual(log.map(({ path }) => path), [[1], [0], [1, 0]])
  assert.deepEqual(log[2].delta, [{ insert: 'é' }])
})
