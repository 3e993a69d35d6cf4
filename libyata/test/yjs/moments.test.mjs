// SPDX-License-Identifier: MIT
// Relative positions and encodings, step by step beside yjs.
import assert from 'node:assert/strict'
import * as Y from 'yjs'
import { sized, u32, u64 } from './driver.mjs'
import { byte, hex, meet, scenario } from './scenarios.mjs'
import { manage } from './steps.mjs'

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
