// SPDX-License-Identifier: MIT
// A random session of several clients over a network that reorders, repeats, merges and parts them. Each client is
// a document of yjs and its twin of libyata (peer.mjs) or, sometimes, yjs alone. Beside the edits some of them undo,
// have observers, take snapshots, and remember positions.
import assert from 'node:assert/strict'
import { clock } from './clock.mjs'
import * as Y from 'yjs'
import { Managers } from './managers.mjs'
import { Observers } from './observers.mjs'
import { Expectations, origins, Peer } from './peer.mjs'
import { Positions } from './positions.mjs'
import { Random } from './random.mjs'
import { Snapshots } from './snapshots.mjs'

/** How an error begins that is of the documents of yjs alone: each twin is as its own. */
export const yjsDisagrees = 'documents of yjs disagree'

const everything = { observers: 0.25, managers: 0.25, snapshots: 0.25, positions: 0.25 }
const classes = { observers: Observers, managers: Managers, snapshots: Snapshots, positions: Positions }

export class Session {
  /** @chances  of a peer to have each of the companions; `gc`, of a session to collect garbage */
  constructor (driver, seed, operations, chances = everything) {
    this.operations = operations
    const random = this.random = new Random(seed)
    this.driver = driver
    this.expectations = new Expectations()
    this.count = random.chance(0.7) ? 2 + random.below(3) : 2 + random.below(7)
    const gc = random.chance(chances.gc ?? 0.7)
    const formatting = random.chance(0.6)
    const ids = new Set()
    while (ids.size < this.count) {
      ids.add(random.chance(0.2) ? 2 ** 53 - 1 - random.below(9) : random.below(2 ** 32))
    }
    const foreign = random.chance(0.25)
    this.peers = [...ids].map((clientID, i) => new Peer(driver, this.expectations, i, {
      clientID,
      gc,
      formatting,
      twin: i > 0 || !foreign,
      companions: Object.keys(classes).filter(name => random.chance(chances[name] ?? 0)).map(name => classes[name])
    }))
    this.managers = this.companions(Managers)
    this.positions = this.companions(Positions)
    this.inboxes = this.peers.map(() => [])
    this.group = this.peers.map(() => 0) // only peers of one group hear of each other
    this.sent = this.peers.map(() => 0)
  }

  companions (Companion) {
    return this.peers.map(peer => peer.companions.find(companion => companion instanceof Companion))
  }

  // What a peer made since it was asked last goes into the others' inboxes, sometimes twice.
  send (i) {
    const { local } = this.peers[i]
    for (; this.sent[i] < local.length; this.sent[i]++) {
      const update = local[this.sent[i]]
      this.inboxes.forEach((inbox, j) => {
        if (j !== i) for (let n = this.random.chance(0.1) ? 2 : 1; n > 0; n--) inbox.push({ update, from: i })
      })
    }
  }

  deliver (i) {
    const { random, driver, expectations } = this
    const heard = this.inboxes[i].filter(({ from }) => this.group[from] === this.group[i])
    const some = []
    for (let n = 1 + random.below(3); n > 0 && heard.length > 0; n--) {
      some.push(heard.splice(random.below(heard.length), 1)[0])
    }
    if (some.length === 0) return false
    this.inboxes[i] = this.inboxes[i].filter(message => !some.includes(message))
    const updates = some.map(({ update }) => update)
    if (!random.chance(0.3)) {
      const origin = this.peers[i].managed ? random.pick(origins) : 'remote'
      for (const update of updates) this.peers[i].take(update, random.chance(0.5) ? 1 : 2, origin)
    } else if (random.chance(0.5)) {
      const all = updates.map(([v1]) => v1)
      const merged = Y.mergeUpdates(all)
      expectations.bytes(driver.merge(all), merged, 'merged updates')
      expectations.bytes(driver.updateStateVector(merged), Y.encodeStateVectorFromUpdate(merged), 'its state vector')
      this.peers[i].take([merged], 1)
    } else {
      const all = updates.map(([, v2]) => v2)
      const merged = Y.mergeUpdatesV2(all)
      expectations.bytes(driver.merge2(all), merged, 'merged updates, v2')
      this.peers[i].take([null, merged], 2)
    }
    return true
  }

  // Ask another peer for what is lacking, as clients do that connect.
  ask (i, j) {
    const { random, driver, expectations } = this
    const [to, from] = [this.peers[i], this.peers[j]]
    const sv = Y.encodeStateVector(to.y)
    const update = random.chance(0.5) ? [Y.encodeStateAsUpdate(from.y, sv), null] : [null, Y.encodeStateAsUpdateV2(from.y, sv)]
    if (from.c !== null) {
      if (update[0] !== null) expectations.bytes(from.c.encode(sv), update[0], 'a diff')
      else expectations.bytes(from.c.encode2(sv), update[1], 'a diff, v2')
    }
    if (random.chance(0.2)) {
      const full = Y.encodeStateAsUpdate(from.y)
      expectations.bytes(driver.diff(full, sv), Y.diffUpdate(full, sv), 'a diff of an update')
    }
    to.take(update, update[0] !== null ? 1 : 2)
  }

  part () {
    const parts = this.random.chance(0.5) ? 1 : 2 + this.random.below(2)
    this.group = this.peers.map(() => this.random.below(parts))
  }

  step () {
    const { random } = this
    const i = random.below(this.count)
    if (random.chance(0.03)) this.part()
    clock.ms += random.pick([0, 5, 31, 600])
    this.positions[i]?.borrow(this.positions.filter(other => other !== undefined), random)
    if (this.managers[i] !== undefined && random.chance(0.3)) {
      this.managers[i].act(random)
    } else if (random.chance(0.5)) {
      this.peers[i].edit(random)
    } else if (!this.deliver(i)) {
      const j = random.below(this.count)
      if (i !== j && this.group[i] === this.group[j]) this.ask(i, j)
    }
    this.send(i)
    this.peers[i].compare(random)
  }

  // Everything arrives. Yjs itself can lose a part of what it keeps as pending when merged updates with gaps come in
  // an unlucky order; asking by state vector, as real clients do, heals it.
  finish () {
    const { random, peers } = this
    this.group = peers.map(() => 0)
    peers.forEach((peer, i) => {
      while (this.deliver(i)) this.send(i)
      peer.compare(random, { always: true })
    })
    const made = () => peers.reduce((sum, { local }) => sum + local.length, 0)
    for (let round = 0, before = -1; round < 4 && made() !== before; round++) {
      before = made()
      peers.forEach((peer, i) => {
        peers.forEach((_, j) => { if (i !== j) this.ask(i, j) })
        peer.compare(random, { always: true })
      })
    }
  }

  async run () {
    clock.ms = 1000
    try {
      await this.play()
    } finally {
      clock.ms = null
    }
  }

  async play () {
    for (const peer of this.peers) await peer.start(this.random)
    for (let i = 0; i < this.operations; i++) {
      this.expectations.step = i
      this.step()
      if (i % 16 === 15) await this.expectations.drain()
    }
    this.finish()
    await this.expectations.drain()
    const content = this.peers[0].content()
    for (const peer of this.peers) assert.deepEqual(peer.content(), content, yjsDisagrees)
  }
}
