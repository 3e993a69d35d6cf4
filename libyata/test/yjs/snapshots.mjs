// SPDX-License-Identifier: MIT
// Snapshots of a peer's two documents: their bytes, what they say, and reading and restoring as of them.
import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import * as Y from 'yjs'
import { sized, u32 } from './driver.mjs'
import { kindOf } from './edits.mjs'
import { printed } from './peer.mjs'

const none = Buffer.alloc(0)
const byte = n => Buffer.from([n])

// As libyata's driver prints it; what JSON lacks is an object of one member.
export const plain = v => {
  if (v instanceof Y.AbstractType) return { $type: 1 }
  if (v instanceof Y.Doc) return { $doc: v.guid }
  if (v instanceof Uint8Array) return { $binary: [...v] }
  if (v === undefined) return { $undefined: 1 }
  if (typeof v === 'bigint') return { $bigint: String(v) }
  if (typeof v === 'number' && (!Number.isFinite(v) || Object.is(v, -0))) return { $number: Object.is(v, -0) ? '-0' : String(v) }
  if (Array.isArray(v)) return v.map(plain)
  return v !== null && typeof v === 'object' ? Object.fromEntries(Object.entries(v).map(([key, value]) => [key, plain(value)])) : v
}
export const canonical = v => JSON.parse(JSON.stringify(v))

// Yjs splits items at the edges of a snapshot only where it prints text: so it is done here. The origin is none that
// an undo manager tracks.
const splitAt = (doc, { sv, ds }, look) => doc.transact(transaction => {
  sv.forEach((clock, client) => {
    if (clock < Y.getState(doc.store, client)) Y.getItemCleanStart(transaction, Y.createID(client, clock))
  })
  Y.iterateDeletedStructs(transaction, ds, () => {})
  return look()
}, 'look')
const listAt = (type, snapshot) => splitAt(type.doc, snapshot, () => Y.typeListToArraySnapshot(type, snapshot))
const mapAt = (type, snapshot) => splitAt(type.doc, snapshot, () => Object.fromEntries(
  Object.entries(Y.typeMapGetAllSnapshot(type, snapshot)).map(([key, v]) => [key, plain(v)])))

// Splitting is undone when the transaction ends, but not of what an undo manager redid: there a copy is read.
// What waits for others is left out: in a copy, where it comes together with all else, it may find what it waits for.
const copied = (peer, type) => {
  const copy = new Y.Doc({ gc: false })
  const { store, store: { pendingStructs, pendingDs } } = peer.y
  store.pendingStructs = store.pendingDs = null
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(peer.y))
  Object.assign(store, { pendingStructs, pendingDs })
  if (type._item !== null) return Y.getItem(copy.store, type._item.id).content.type
  return copy.get(peer.roots.find(root => root.type === type).name, type.constructor)
}

// An operation ends where an item does, and a copy has items merged that were redone apart.
const joined = delta => delta.reduce((all, op) => {
  const last = all.at(-1)
  const goesOn = typeof op.insert === 'string' && typeof last?.insert === 'string' && isDeepStrictEqual(last.attributes, op.attributes)
  if (goesOn) last.insert += op.insert
  else all.push({ ...op })
  return all
}, [])

export class Snapshots {
  constructor (peer) {
    this.peer = peer
    this.kept = [] // { theirs, bytes }
  }

  start () {}

  /** Take one, and compare its bytes. */
  take () {
    const { peer, peer: { c, expectations } } = this
    const theirs = Y.snapshot(peer.y)
    const bytes = Y.encodeSnapshot(theirs)
    const bytes2 = Y.encodeSnapshotV2(theirs)
    expectations.bytes(c.call('snapshot', byte(1)), bytes, 'a snapshot')
    expectations.bytes(c.call('snapshot', byte(2)), bytes2, 'a snapshot, v2')
    expectations.bytes(c.call('snapshot convert', byte(1), sized(bytes)), bytes2, 'a snapshot read and written as v2')
    expectations.bytes(c.call('snapshot convert', byte(2), sized(bytes2)), bytes, 'a v2 snapshot read and written')
    this.kept.push({ theirs, bytes })
    if (this.kept.length > 6) this.kept.shift()
  }

  compare (random) {
    if (random.chance(0.3)) this.take()
    if (this.kept.length === 0) return
    const a = random.pick(this.kept)
    const b = random.pick(this.kept)
    this.says(a, b, random)
    if (!this.peer.y.gc) this.reads(a, b, random)
  }

  says (a, b, random) {
    const { peer: { c, expectations, y, local } } = this
    expectations.bytes(c.call('snapshot equal', sized(a.bytes), sized(b.bytes)),
      byte(Y.equalSnapshots(a.theirs, b.theirs) ? 1 : 0), 'equal snapshots')
    if (local.length === 0) return
    const [v1, v2] = random.pick(local)
    const contained = byte(Y.snapshotContainsUpdate(a.theirs, v1) ? 1 : 0)
    expectations.bytes(c.call('snapshot contains', byte(1), sized(a.bytes), sized(v1)), contained, 'a contained update')
    expectations.bytes(c.call('snapshot contains', byte(2), sized(a.bytes), sized(v2)), contained, 'a contained update, v2')
    if (y.store.pendingStructs !== null || y.store.pendingDs !== null || !random.chance(0.2)) return
    expectations.bytes(c.call('snapshot of updates', u32(1), sized(Y.encodeStateAsUpdate(y))),
      Y.encodeSnapshot(Y.snapshot(y)), 'the snapshot of an update')
  }

  reads (a, b, random) {
    const { peer, peer: { c, expectations } } = this
    if (random.chance(0.3) && !peer.managed) { // Yjs' transaction would be a step of an undo manager
      const gc = random.chance(0.5)
      const restored = Y.createDocFromSnapshot(peer.y, a.theirs, new Y.Doc({ gc }))
      expectations.bytes(c.call('snapshot restore', byte(gc ? 0 : 1), sized(a.bytes)),
        Y.encodeStateAsUpdate(restored), 'a restored document')
    }
    const { type: found, handle, steps } = peer.find(random)
    const type = peer.managed ? copied(peer, found) : found
    const h = peer.placed(handle, steps)
    const kind = kindOf(type)
    if (kind === 't' || kind === 'x') this.readsText(type, h, a, b, random)
    if (kind === 'm' || kind === 'e' || kind === 'h') this.same('content', [byte('m'.charCodeAt(0)), h], a, () => mapAt(type, a.theirs))
    if (kind === 'a' || kind === 'e' || kind === 'f') this.same('content', [byte('a'.charCodeAt(0)), h], a, () => listAt(type, a.theirs).map(plain))
  }

  same (what, args, { bytes }, theirs) {
    const want = canonical(theirs())
    this.peer.expect(this.peer.c.call(`snapshot ${what}`, ...args, sized(bytes)), `${what} as of a snapshot`,
      ours => assert.deepEqual(canonical(JSON.parse(ours)), want))
  }

  readsText (type, h, a, b, random) {
    const { peer } = this
    peer.expectations.bytes(peer.c.call('snapshot text', h, sized(a.bytes)),
      Buffer.from(listAt(type, a.theirs).filter(v => typeof v === 'string').join('').toWellFormed()), 'text as of a snapshot')
    const [at, before] = random.pick([[a, b], [a, b], [a, null], [null, a]])
    const named = random.chance(0.5) && !peer.managed
    const name = named ? (type, { client, clock }) => ({ user: client, type, clock }) : undefined
    const theirs = type.toDelta(at?.theirs, before?.theirs, name)
    const want = JSON.parse(JSON.stringify(theirs, printed))
    peer.expect(peer.c.call('snapshot delta', h, byte(named ? 1 : 0), sized(at?.bytes ?? none), sized(before?.bytes ?? none)),
      'a delta between snapshots', ours => {
        if (peer.managed) return assert.deepEqual(joined(JSON.parse(ours)), joined(want))
        assert.deepEqual(JSON.parse(ours), want)
        const nested = theirs.some(op => op.insert instanceof Y.AbstractType)
        if (!nested) assert.equal(ours.toString(), JSON.stringify(theirs).toWellFormed())
      })
  }
}
