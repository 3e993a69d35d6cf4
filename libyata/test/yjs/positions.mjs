// SPDX-License-Identifier: MIT
// Relative positions in a peer's two documents, and who wrote what is where.
import assert from 'node:assert/strict'
import * as Y from 'yjs'
import { sized, u32, u64 } from './driver.mjs'
import { kindOf } from './edits.mjs'

const byte = n => Buffer.from([n])
const i64 = n => u64(BigInt.asUintN(64, BigInt(n)))
const GONE = -6
const NOT_FOUND = -7
const ERASED = -11

const positionIn = (index, item) => {
  let at = index
  for (let left = item.left; left !== null; left = left.left) if (!left.deleted && left.countable) at += left.length
  return at
}

export class Positions {
  constructor (peer) {
    this.peer = peer
    this.kept = []
  }

  start () {}

  compare (random) {
    if (random.chance(0.5)) this.create(random)
    for (const position of this.kept) if (random.chance(0.3)) this.resolve(position, random)
    if (random.chance(0.5)) this.authors(random)
    if (random.chance(0.5)) this.locate(random)
  }

  create (random) {
    const { peer, peer: { c, expectations } } = this
    const { type, handle, steps } = peer.find(random)
    const kind = kindOf(type)
    if (kind === 'm' || kind === 'h') return
    const index = random.pick([0, type.length, random.below(type.length + 1)])
    const assoc = random.pick([0, 0, -1, -1, 1, -70, 64])
    const theirs = Y.createRelativePositionFromTypeIndex(type, index, assoc)
    const bytes = Y.encodeRelativePosition(theirs)
    const json = JSON.stringify(Y.relativePositionToJSON(theirs))
    expectations.bytes(c.call('relpos', peer.placed(handle, steps), u32(index), i64(assoc)),
      Buffer.concat([sized(bytes), sized(json)]), 'a relative position')
    expectations.bytes(c.call('relpos reread', byte('j'.charCodeAt(0)), sized(json)), Buffer.concat([sized(bytes), sized(json)]), 'a position read from JSON')
    const again = Y.decodeRelativePosition(bytes)
    expectations.bytes(c.call('relpos reread', byte('b'.charCodeAt(0)), sized(bytes)),
      Buffer.concat([sized(bytes), sized(JSON.stringify(Y.relativePositionToJSON(again)))]), 'a position read from bytes')
    const other = random.pick([...this.kept, { theirs, json }])
    expectations.bytes(c.call('relpos equal', byte('j'.charCodeAt(0)), sized(json), byte('j'.charCodeAt(0)), sized(other.json)),
      byte(Y.compareRelativePositions(theirs, other.theirs) ? 1 : 0), 'equal positions')
    this.kept.push({ theirs, bytes, json })
    if (this.kept.length > 12) this.kept.splice(random.below(12), 1)
  }

  // Positions of other peers, too: what they are beside may not have arrived here.
  borrow (others, random) {
    for (const other of others) {
      if (other !== this && other.kept.length > 0 && this.kept.length < 16) this.kept.push(random.pick(other.kept))
    }
  }

  resolve ({ theirs, bytes, json }, random) {
    const { peer, peer: { c, y } } = this
    const follow = random.chance(0.6)
    // Bytes leave out what JSON has; both must lead to the same place.
    const asJson = random.chance(0.5)
    const position = asJson ? theirs : Y.decodeRelativePosition(bytes)
    const found = Y.createAbsolutePositionFromRelativePosition(position, y, follow)
    const ours = c.call('relpos resolve', byte(follow ? 1 : 0), byte(asJson ? 'j'.charCodeAt(0) : 'b'.charCodeAt(0)), sized(asJson ? json : bytes))
    const deleted = found !== null && found.type._item !== null && found.type._item.deleted
    if (found === null || deleted) {
      peer.expect(ours.then(() => assert.fail('a position was found'), error => {
        const accepted = deleted ? [GONE, ERASED] : [NOT_FOUND, ERASED]
        if (!accepted.includes(error.status)) throw error
      }), 'a position that is nowhere')
      return
    }
    const there = peer.path(found.type)
    const place = there === null ? null : peer.place(there.handle, there.steps)
    peer.expect(Promise.all([ours, place?.done]), 'a position resolved', ([answer, type]) => {
      if (type !== undefined) assert.equal(answer.subarray(0, 8).toString('hex'), type.toString('hex'), 'its type')
      assert.equal(answer.readUInt32LE(8), found.index, 'its index')
    })
  }

  // ---- attribution --------------------------------------------------------------------------

  authors (random) {
    const { peer, peer: { c } } = this
    const { type, handle, steps } = peer.find(random)
    const kind = kindOf(type)
    if (kind === 'm' || kind === 'h' || type.length === 0) return
    const index = random.below(type.length)
    const count = 1 + random.below(type.length - index)
    const ranges = []
    let at = 0
    for (let item = type._start; item !== null && at < index + count; item = item.right) {
      if (item.deleted || !item.countable) continue
      const from = Math.max(index - at, 0)
      const to = Math.min(index + count - at, item.length)
      at += item.length
      if (from >= to) continue
      const last = ranges.at(-1)
      if (last && last[0] === item.id.client && last[1] + last[2] === item.id.clock + from) last[2] += to - from
      else ranges.push([item.id.client, item.id.clock + from, to - from])
    }
    peer.expectations.bytes(c.call('authors', peer.placed(handle, steps), u32(index), u32(count)),
      Buffer.concat(ranges.flat().map(n => u64(n))), 'the authors of a range')
  }

  // What became of each unit of a range of one client.
  locate (random) {
    const { peer, peer: { c, y } } = this
    const clients = [...y.store.clients.keys()]
    if (clients.length === 0) return
    const client = random.pick(clients)
    const known = Y.getState(y.store, client)
    const from = random.below(known)
    const len = 1 + random.below(Math.min(known - from + 3, 40))
    const theirs = []
    const handles = []
    for (let clock = from; clock < Math.min(from + len, known); clock++) {
      const item = Y.getItem(y.store, Y.createID(client, clock))
      if (item instanceof Y.GC || item.deleted) {
        theirs.push('deleted')
        handles.push(null)
        continue
      }
      const there = peer.path(item.parent)
      handles.push(there && peer.place(there.handle, there.steps).done)
      if (item.parentSub !== null) theirs.push(`key ${item.parentSub}`)
      else if (!item.countable) theirs.push('hidden')
      else theirs.push(`index ${positionIn(clock - item.id.clock, item)}`)
    }
    peer.expect(Promise.all([c.call('locate', u64(client), u64(from), u64(len)), ...handles]), 'where a range is', ([b, ...types]) => {
      const states = ['deleted', 'index', 'key', 'hidden']
      const ours = []
      for (let at = 0; at < b.length;) {
        const n = b.readUInt32LE(at + 8)
        const state = states[b.readUInt32LE(at + 12)]
        const key = b.subarray(at + 32, at + 32 + b.readUInt32LE(at + 28)).toString()
        for (let i = 0; i < n; i++) {
          assert.equal(Number(b.readBigUInt64LE(at)) + i, from + ours.length, 'its clock')
          const type = types[ours.length]
          if (type) assert.equal(b.subarray(at + 16, at + 24).toString('hex'), type.toString('hex'), 'its type')
          ours.push(state === 'index' ? `index ${b.readUInt32LE(at + 24) + i}` : state === 'key' ? `key ${key}` : state)
        }
        at += 32 + b.readUInt32LE(at + 28)
      }
      assert.deepEqual(ours, theirs)
    })
  }
}
