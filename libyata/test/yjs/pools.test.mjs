// SPDX-License-Identifier: MIT
// A pool of updates of documents that collect garbage and that do not: single ones, states, what any state vector lacks
// (which may end within a pair of surrogates), merged with gaps, cut again. Without a document and in one, in any order,
// they come to the same bytes as with yjs.
import assert from 'node:assert/strict'
import * as Y from 'yjs'
import * as encoding from 'lib0/encoding'
import { YataDoc } from './driver.mjs'
import { kindOf, pickEdit } from './edits.mjs'
import { Random } from './random.mjs'
import { hex } from './scenarios.mjs'
import { seededTest } from './seeded.mjs'

const roots = { t: Y.Text, u: Y.Text, m: Y.Map, a: Y.Array, f: Y.XmlFragment, x: Y.XmlText }
// Edits are made in yjs alone.
const nobody = new Proxy({}, { get: () => () => ({}) })

async function equal (ours, theirs, what) { assert.equal(hex(await ours), hex(theirs), what) }

class Pool {
  constructor (random) {
    this.random = random
    this.updates = []
    this.docs = [0, 1, 2].map(i => {
      const doc = new Y.Doc({ gc: random.chance(0.6) })
      doc.clientID = random.chance(0.2) ? 2 ** 53 - 1 - i : 1 + i * 300 + random.below(200)
      for (const [name, type] of Object.entries(roots)) doc.get(name, type)
      doc.on('update', update => this.updates.push(update))
      return doc
    })
  }

  write () {
    const { random, docs } = this
    const doc = random.pick(docs)
    doc.transact(() => {
      for (let i = 0; i < 2; i++) {
        const type = doc.get(random.pick(Object.keys(roots)))
        pickEdit(random, kindOf(type), random.chance(0.7)).run(random, type, nobody, null)
      }
    })
    const other = random.pick(docs)
    if (random.chance(0.3)) Y.applyUpdate(other, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(other)))
  }

  /** A state that nobody need have. */
  anyVector () {
    const { random } = this
    const clients = new Map()
    for (const { store } of this.docs) {
      for (const client of store.clients.keys()) clients.set(client, Math.max(clients.get(client) ?? 0, Y.getState(store, client)))
    }
    const some = [...clients].filter(() => random.chance(0.7)).sort(([a], [b]) => b - a)
    const encoder = encoding.createEncoder()
    encoding.writeVarUint(encoder, some.length)
    for (const [client, clock] of some) {
      encoding.writeVarUint(encoder, client)
      encoding.writeVarUint(encoder, random.below(clock + 2))
    }
    return encoding.toUint8Array(encoder)
  }

  async withoutDocument (driver) {
    const { random, updates } = this
    const some = Array.from({ length: 1 + random.below(4) }, () => random.pick(updates))
    const some2 = some.map(update => Y.convertUpdateFormatV1ToV2(update))
    const merged = Y.mergeUpdates(some)
    await equal(driver.merge(some), merged, 'merged')
    await equal(driver.merge2(some2), Y.mergeUpdatesV2(some2), 'merged, v2')
    const update = random.pick([merged, some[0]])
    const update2 = Y.convertUpdateFormatV1ToV2(update)
    const vector = this.anyVector()
    const cut = Y.diffUpdate(update, vector)
    await equal(driver.diff(update, vector), cut, 'a difference')
    await equal(driver.diff2(update2, vector), Y.diffUpdateV2(update2, vector), 'a difference, v2')
    await equal(driver.toVersion2(update), update2, 'version 2')
    await equal(driver.toVersion1(update2), Y.convertUpdateFormatV2ToV1(update2), 'version 1')
    await equal(driver.updateStateVector(update), Y.encodeStateVectorFromUpdate(update), 'its state vector')
    await equal(driver.updateStateVector2(update2), Y.encodeStateVectorFromUpdateV2(update2), 'its state vector, v2')
    updates.push(merged, cut)
    if (updates.length > 80) updates.splice(random.below(updates.length), 1)
  }

  async inDocument (driver) {
    const { random, updates } = this
    const theirs = new Y.Doc({ gc: random.chance(0.5) })
    theirs.clientID = 7777
    const ours = new YataDoc(driver, 0)
    await ours.create(theirs.clientID, theirs.gc)
    for (let i = 0; i < 20; i++) {
      const update = random.pick(updates)
      if (random.chance(0.5)) {
        const update2 = Y.convertUpdateFormatV1ToV2(update)
        Y.applyUpdateV2(theirs, update2)
        await ours.apply2(update2)
      } else {
        Y.applyUpdate(theirs, update)
        await ours.apply(update)
      }
      const vector = this.anyVector()
      await equal(ours.encode(), Y.encodeStateAsUpdate(theirs), 'the state')
      await equal(ours.encode(vector), Y.encodeStateAsUpdate(theirs, vector), 'what a state lacks')
      await equal(ours.encode2(vector), Y.encodeStateAsUpdateV2(theirs, vector), 'what a state lacks, v2')
    }
  }
}

seededTest('updates of a pool, without a document and in one', { sessions: 40, budgetMs: 10000 }, async (driver, seed) => {
  const random = new Random(seed)
  const pool = new Pool(random)
  for (let i = 0; i < 25; i++) pool.write()
  for (const doc of pool.docs) pool.updates.push(Y.encodeStateAsUpdate(doc), Y.encodeStateAsUpdate(doc, pool.anyVector()))
  for (let i = 0; i < 20; i++) await pool.withoutDocument(driver)
  await pool.inDocument(driver)
})
