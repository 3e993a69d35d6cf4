// SPDX-License-Identifier: MIT
// Undo, relative positions and encodings, step by step beside yjs.
import assert from 'node:assert/strict'
import { clock } from './clock.mjs'
import * as Y from 'yjs'
import { sized, u32, u64 } from './driver.mjs'
import { byte, hex, meet, scenario } from './scenarios.mjs'

// ---- undo -----------------------------------------------------------------------------------

async function manage (twin, roots, { timeout = 0, ...more } = {}) {
  const theirs = new Y.UndoManager(roots.map(([y]) => y), { captureTimeout: timeout, ...more })
  await twin.c.undoNew(0, {
    timeout: timeout === 0 ? -1 : timeout, ignoreRemote: more.ignoreRemoteMapChanges, origins: [0], scope: roots.map(([, c]) => c)
  })
  const act = async (what, expected = true) => {
    const before = twin.updates.length
    clock.ms = 0
    const step = theirs[what]()
    clock.ms = null
    const [done, update] = await twin.c[what](0, 0)
    assert.equal(step !== null, expected, what)
    assert.equal(done, expected, what)
    assert.equal(hex(update), hex(twin.updates[before] ?? ''), `the update of ${what}`)
    await twin.same()
    assert.deepEqual(await twin.c.undoDepth(0), [theirs.undoStack.length, theirs.redoStack.length])
  }
  return { undo: expected => act('undo', expected), redo: expected => act('redo', expected) }
}

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

// ---- relative positions ---------------------------------------------------------------------

async function position (twin, [y, c], index, assoc) {
  const theirs = Y.createRelativePositionFromTypeIndex(y, index, assoc)
  const bytes = Y.encodeRelativePosition(theirs)
  const json = JSON.stringify(Y.relativePositionToJSON(theirs))
  assert.equal(hex(await twin.c.call('relpos', c, u32(index), u64(BigInt.asUintN(64, BigInt(assoc))))), hex(Buffer.concat([sized(bytes), sized(json)])))
  return { theirs, bytes }
}

async function leadsTo (twin, { theirs, bytes }, expected, follow = true) {
  const found = Y.createAbsolutePositionFromRelativePosition(theirs, twin.y, follow)
  assert.equal(found.index, expected)
  const ours = await twin.c.call('relpos resolve', byte(follow ? 1 : 0), Buffer.from('b'), sized(bytes))
  assert.equal(ours.readUInt32LE(8), expected)
}

scenario('a position stays beside its unit, on its side', 2, {}, async (a, b) => {
  const t = await a.root('t')
  const u = await b.root('t')
  await a.insert(t, 0, '23')
  await meet(a, b)
  const before = await position(a, t, 1, 0)
  const behind = await position(a, t, 1, -1)
  const start = await position(a, t, 0, -1)
  const end = await position(a, t, 2, 0)
  await b.insert(u, 1, 'x')
  await b.insert(u, 0, '1')
  await b.insert(u, 4, '4')
  await meet(a, b)
  for (const twin of [a, b]) {
    await leadsTo(twin, before, 3)
    await leadsTo(twin, behind, 2)
    await leadsTo(twin, start, 0)
    await leadsTo(twin, end, 5)
  }
  await b.erase(u, 1, 3)
  await meet(a, b)
  await leadsTo(a, before, 1)
  await leadsTo(a, behind, 1)
})

scenario('a position in a nested type, and at the end of an empty one', 1, {}, async a => {
  const m = await a.root('m')
  const t = await a.nest(m, 'text', 't')
  const empty = await position(a, t, 0, 0)
  await a.insert(t, 0, 'abc')
  const middle = await position(a, t, 2, 0)
  await leadsTo(a, empty, 3)
  await a.insert(t, 0, 'xx')
  await leadsTo(a, middle, 4)
})

scenario('a position follows what an undo put back', 1, {}, async a => {
  const t = await a.root('t')
  await a.insert(t, 0, 'hello world')
  const manager = await manage(a, [t])
  const place = await position(a, t, 6, 0)
  await a.erase(t, 4, 5)
  await leadsTo(a, place, 4)
  await manager.undo()
  await leadsTo(a, place, 6)
  await leadsTo(a, place, 9, false) // what it was beside is still deleted, behind what came back
})

// ---- encodings ------------------------------------------------------------------------------

scenario('updates are merged, cut and described without a document', 1, {}, async a => {
  const t = await a.root('t')
  for (const word of ['a', 'bc', 'def']) await a.insert(t, 0, word)
  await a.erase(t, 1, 3)
  const { driver, updates } = a
  const v2 = updates.map(update => Y.convertUpdateFormatV1ToV2(update))
  const gap = [updates[2], updates[0], updates[3]]
  assert.equal(hex(await driver.merge(gap)), hex(Y.mergeUpdates(gap)))
  assert.equal(hex(await driver.merge2([v2[2], v2[0]])), hex(Y.mergeUpdatesV2([v2[2], v2[0]])))
  // What comes behind a gap does not count.
  const merged = Y.mergeUpdates(gap)
  assert.equal(hex(await driver.updateStateVector(merged)), hex(Y.encodeStateVectorFromUpdate(merged)))
  const sv = Buffer.from([1, 1, 2])
  assert.equal(hex(await driver.diff(merged, sv)), hex(Y.diffUpdate(merged, sv)))
  assert.equal(hex(await driver.toVersion2(merged)), hex(Y.convertUpdateFormatV1ToV2(merged)))
  for (const update of [merged, updates[1]]) assert.equal(await driver.detect(update), 1)
})

scenario('what waits for others is encoded with the rest', 2, {}, async (a, b) => {
  const t = await a.root('t')
  for (const word of ['one ', 'two ', 'three ']) await a.insert(t, 0, word)
  await b.take(a.updates[2])
  await b.take(a.updates[1])
  await b.take(Y.mergeUpdates(a.updates))
  await b.text(await b.root('t'), 'three two one ')
})
