// SPDX-License-Identifier: MIT
// Snapshots step by step beside yjs: reading, comparing and restoring as of them.
import assert from 'node:assert/strict'
import * as Y from 'yjs'
import { sized, u32 } from './driver.mjs'
import { byte, hex, meet, scenario } from './scenarios.mjs'

const kept = { gc: false }
const ERASED = -11

async function moment (twin) {
  const snapshot = Y.snapshot(twin.y)
  const bytes = Y.encodeSnapshot(snapshot)
  assert.equal(hex(await twin.c.call('snapshot', byte(1))), hex(bytes))
  assert.equal(hex(await twin.c.call('snapshot', byte(2))), hex(Y.encodeSnapshotV2(snapshot)))
  return { snapshot, bytes }
}

async function restored (twin, { snapshot, bytes }) {
  const then = Y.createDocFromSnapshot(twin.y, snapshot)
  assert.equal(hex(await twin.c.call('snapshot restore', byte(0), sized(bytes))), hex(Y.encodeStateAsUpdate(then)))
  return then
}

async function changes (twin, [y, c], at, before, expected) {
  assert.deepEqual(y.toDelta(at?.snapshot, before?.snapshot), expected)
  const ours = await twin.c.call('snapshot delta', c, byte(0), sized(at?.bytes ?? ''), sized(before?.bytes ?? ''))
  assert.equal(ours.toString(), JSON.stringify(expected))
}

scenario('a document is restored as it was before it was edited on', 1, kept, async a => {
  const t = await a.root('t')
  await a.insert(t, 0, 'hello')
  const then = await moment(a)
  await a.insert(t, 5, ' world')
  await a.erase(t, 0, 2)
  assert.equal((await restored(a, then)).getText('t').toString(), 'hello')
  assert.equal((await restored(a, await moment(a))).getText('t').toString(), 'llo world')
})

scenario('the moment before everything restores nothing', 1, kept, async a => {
  const t = await a.root('t')
  const empty = await moment(a)
  await a.insert(t, 0, 'x')
  assert.equal((await restored(a, empty)).getText('t').toString(), '')
})

scenario('what was in a type that was deleted since is restored with it', 1, kept, async a => {
  const l = await a.root('a')
  const inner = await a.nest(l, 0, 'm')
  await a.set(inner, 'k', 'v')
  const then = await moment(a)
  await a.set(inner, 'k', 'w')
  await a.unlist(l, 0, 1)
  await a.list(l, 0, ['after'])
  assert.deepEqual((await restored(a, then)).getArray('a').toJSON(), [{ k: 'v' }])
})

scenario('a part of one run, and half of what was deleted together, are told apart', 1, kept, async a => {
  const t = await a.root('t')
  await a.insert(t, 0, 'abcdef')
  await a.erase(t, 1, 1)
  const then = await moment(a)
  await a.insert(t, 5, 'gh')
  await a.erase(t, 0, 3)
  const now = await moment(a)
  assert.equal((await restored(a, then)).getText('t').toString(), 'acdef')
  await changes(a, t, now, then, [
    { insert: 'a', attributes: { ychange: { type: 'removed' } } }, { insert: 'cd', attributes: { ychange: { type: 'removed' } } },
    { insert: 'ef' }, { insert: 'gh', attributes: { ychange: { type: 'added' } } }])
  await changes(a, t, then, null, [{ insert: 'acdef' }])
  await changes(a, t, then, now, [
    { insert: 'a', attributes: { ychange: { type: 'added' } } }, { insert: 'cd', attributes: { ychange: { type: 'added' } } },
    { insert: 'ef' }, { insert: 'gh', attributes: { ychange: { type: 'removed' } } }])
})

scenario('parts of one author are one change, named by its first unit', 1, kept, async a => {
  const t = await a.root('t')
  await a.insert(t, 0, 'abc')
  const then = await moment(a)
  await a.insert(t, 3, 'ef')
  await a.insert(t, 3, 'd')
  await a.insert(t, 6, 'g')
  const { bytes, snapshot } = await moment(a)
  const theirs = t[0].toDelta(snapshot, then.snapshot, (type, { client, clock }) => ({ user: client, type, clock }))
  assert.deepEqual(theirs, [{ insert: 'abc' }, { insert: 'defg', attributes: { ychange: { user: 1, type: 'added', clock: 5 } } }])
  const ours = await a.c.call('snapshot delta', t[1], byte(1), sized(bytes), sized(then.bytes))
  assert.equal(ours.toString(), JSON.stringify(theirs))
})

scenario('a change within a run is named by where it begins', 1, kept, async a => {
  const t = await a.root('t')
  await a.insert(t, 0, 'abc')
  const then = await moment(a)
  await a.insert(t, 3, 'def')
  const now = await moment(a)
  const ours = await a.c.call('snapshot delta', t[1], byte(1), sized(now.bytes), sized(then.bytes))
  const theirs = t[0].toDelta(now.snapshot, then.snapshot, (type, { client, clock }) => ({ user: client, type, clock }))
  assert.equal(theirs[1].attributes.ychange.clock, 3)
  assert.equal(ours.toString(), JSON.stringify(theirs))
})

scenario('a format that came later is not in force', 1, kept, async a => {
  const t = await a.root('t')
  await a.insert(t, 0, 'abcd')
  const then = await moment(a)
  await a.format(t, 1, 2, { b: true })
  await changes(a, t, then, await moment(a), [{ insert: 'abcd' }])
})

scenario('the keys of a moment are those that were set', 1, kept, async a => {
  const m = await a.root('m')
  await a.set(m, 'gone', 1)
  await a.set(m, 'there', 2)
  await a.unset(m, 'gone')
  const { bytes } = await moment(a)
  await a.set(m, 'gone', 3)
  await a.set(m, 'there', 4)
  const ours = await a.c.call('snapshot content', Buffer.from('m'), m[1], sized(bytes))
  assert.deepEqual(JSON.parse(ours), { there: 2 })
})

scenario('attributes of an element are those of the moment', 1, kept, async a => {
  const e = await a.root('e')
  const moments = [await moment(a)]
  for (const edit of [() => a.set(e, 'a', '1'), () => a.set(e, 'b', '2'), () => a.set(e, 'a', '3')]) {
    await edit()
    moments.push(await moment(a))
  }
  await a.step(() => e[0].removeAttribute('a'), () => a.c.mapDelete(e[1], 'a'))
  moments.push(await moment(a))
  for (const { snapshot, bytes } of moments) {
    const ours = await a.c.call('snapshot content', Buffer.from('m'), e[1], sized(bytes))
    assert.deepEqual(JSON.parse(ours), e[0].getAttributes(snapshot))
  }
})

// What a client set three times in a row is one run where it is deleted: a moment may lie within it, and Yjs' own reading
// of a map then takes the run's last value. A document that is restored shows which was meant.
scenario('a key that was set over and over holds what it held then', 1, kept, async a => {
  const m = await a.root('m')
  const moments = []
  for (const value of ['one', 'two', 'three', 'four']) {
    await a.set(m, 'k', value)
    moments.push(await moment(a))
  }
  for (const then of moments) {
    const expected = (await restored(a, then)).getMap('m').toJSON()
    assert.deepEqual(JSON.parse(await a.c.call('snapshot content', Buffer.from('m'), m[1], sized(then.bytes))), expected)
  }
})

scenario('a text that held XML text which was deleted since is shown with it', 1, kept, async a => {
  const t = await a.root('t')
  const before = await moment(a)
  const embedded = new Y.XmlText('gone')
  await a.step(() => t[0].insertEmbed(0, embedded), () => {
    const made = a.c.insertTypeEmbed(t[1], 0, 'x', '')
    const { place, done } = a.c.place(0, t[1], [{ embed: 0 }])
    return [made, done, a.c.insertText(place, 0, 'gone')]
  })
  const then = await moment(a)
  await a.erase(t, 0, 1)
  const ours = await a.c.call('snapshot delta', t[1], byte(0), sized(then.bytes), sized(before.bytes))
  assert.equal(ours.toString(), JSON.stringify(t[0].toDelta(then.snapshot, before.snapshot)))
})

scenario('a format that is named as the mark of a change ends the mark before it', 1, kept, async a => {
  const t = await a.root('t')
  const before = await moment(a)
  await a.insert(t, 0, 'a')
  await a.insert(t, 1, 'bc', { ychange: true })
  const then = await moment(a)
  const mark = (type, id) => ({ user: id.client, type })
  const ours = JSON.parse(await a.c.call('snapshot delta', t[1], byte(1), sized(then.bytes), sized(before.bytes)))
  for (const { attributes } of ours) delete attributes.ychange.clock
  assert.deepEqual(ours, t[0].toDelta(then.snapshot, before.snapshot, mark))
})

scenario('a moment that depends on what another wrote is restored', 2, kept, async (a, b) => {
  const t = await a.root('t')
  const u = await b.root('t')
  await a.insert(t, 0, 'ac')
  await meet(a, b)
  await b.insert(u, 1, 'b')
  await meet(a, b)
  const then = await moment(a)
  await b.erase(u, 0, 3)
  await meet(a, b)
  assert.equal((await restored(a, then)).getText('t').toString(), 'abc')
})

scenario('a snapshot knows which updates it contains', 1, kept, async a => {
  const t = await a.root('t')
  await a.insert(t, 0, 'one')
  const then = await moment(a)
  await a.erase(t, 0, 1)
  const now = await moment(a)
  for (const [{ snapshot, bytes }, update] of [[then, 0], [then, 1], [now, 0], [now, 1]].map(([m, i]) => [m, a.updates[i]])) {
    assert.equal(hex(await a.c.call('snapshot contains', byte(1), sized(bytes), sized(update))),
      Y.snapshotContainsUpdate(snapshot, update) ? '01' : '00')
  }
  assert.equal(hex(await a.c.call('snapshot equal', sized(then.bytes), sized(now.bytes))), '00')
  assert.equal(hex(await a.c.call('snapshot equal', sized(now.bytes), sized(now.bytes))), '01')
})

scenario('values that came later in the same run are cut off', 1, kept, async a => {
  const l = await a.root('a')
  await a.list(l, 0, [1, 'two', [3]])
  const then = await moment(a)
  await a.list(l, 3, [4, 5])
  assert.deepEqual((await restored(a, then)).getArray('a').toJSON(), [1, 'two', [3]])
})

// A snapshot of updates is that of a document which took them, in a client's order.
async function ofUpdates ({ c }, updates) {
  const y = new Y.Doc()
  for (const update of updates) Y.applyUpdate(y, update)
  assert.equal(hex(await c.call('snapshot of updates', u32(updates.length), ...updates.map(sized))), hex(Y.encodeSnapshot(Y.snapshot(y))))
}

scenario('a deletion of what has not come is not in the snapshot of updates', 1, kept, async a => {
  const t = await a.root('t')
  await a.insert(t, 0, 'abc')
  await a.insert(t, 3, 'de')
  await a.erase(t, 1, 3)
  const [abc, , erased] = a.updates
  await ofUpdates(a, [abc, erased])
  await ofUpdates(a, [erased])
  await ofUpdates(a, a.updates)
})

scenario('what comes as deleted is deleted in the snapshot of updates', 1, {}, async a => {
  const t = await a.root('t')
  await a.insert(t, 0, 'abcd')
  await a.erase(t, 1, 2)
  const state = Y.encodeStateAsUpdate(a.y)
  const deletions = [1, 1, 1, 1, 2] // of one client: one range, from clock 1, of 2
  assert.deepEqual([...state.subarray(-5)], deletions)
  await ofUpdates(a, [Buffer.concat([state.subarray(0, -5), byte(0)])])
})

scenario('a moment whose text was collected since is not restored', 1, {}, async a => {
  const t = await a.root('t')
  await a.insert(t, 0, 'abc')
  const { bytes } = await moment(a)
  await a.erase(t, 0, 2)
  await assert.rejects(a.c.call('snapshot restore', byte(0), sized(bytes)), { status: ERASED })
})

scenario('half of a pair of surrogates is restored as Yjs does', 1, kept, async a => {
  const t = await a.root('t')
  await a.insert(t, 0, 'x\u{1f600}y')
  for (const known of [3, 1, 2]) { // Yjs loses the pair of the document itself, at the last
    const snapshot = Y.createSnapshot(Y.createDeleteSet(), new Map([[a.y.clientID, known]]))
    await restored(a, { snapshot, bytes: Y.encodeSnapshot(snapshot) })
  }
})
