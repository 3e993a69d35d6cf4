// SPDX-License-Identifier: MIT
// Sub-documents: the same in yjs and libyata, with what their events say.
import assert from 'node:assert/strict'
import * as Y from 'yjs'
import { YataDoc } from './driver.mjs'
import { Random } from './random.mjs'
import { seededTest } from './seeded.mjs'

const keys = ['one', 'two', '']

class Client {
  constructor (driver, number, clientID) {
    this.y = new Y.Doc()
    this.y.clientID = clientID
    this.c = new YataDoc(driver, number)
    this.changes = []
  }

  async start () {
    await this.c.create(this.y.clientID)
    await this.c.watchSubdocs()
    this.roots = [[this.y.getMap('m'), await this.c.root('m', 'm')], [this.y.getArray('a'), await this.c.root('a', 'a')]]
    this.y.on('subdocs', ({ added, loaded, removed }) => {
      for (const d of added) this.changes.push(`a ${d.guid}`)
      for (const d of loaded) this.changes.push(`l ${d.guid}`)
      for (const d of removed) this.changes.push(`r ${d.guid}`)
    })
  }

  async edit (random, guid) {
    const options = { guid, gc: random.chance(0.7), autoLoad: random.chance(0.3), meta: random.pick([undefined, 'x', { a: [1] }, 0]) }
    if (!options.autoLoad) options.shouldLoad = random.chance(0.5)
    const [[map, mapHandle], [array, arrayHandle]] = this.roots
    await this.c.begin()
    let before
    this.y.once('update', update => { before = update })
    const edit = random.below(5)
    if (edit < 2) {
      const key = random.pick(keys)
      map.set(key, new Y.Doc(options))
      await this.c.makeSubdoc(mapHandle, key, options)
    } else if (edit === 2) {
      const index = random.below(array.length + 1)
      array.insert(index, [new Y.Doc(options)])
      await this.c.makeSubdoc(arrayHandle, index, options)
    } else if (edit === 3 && array.length > 0) {
      const index = random.below(array.length)
      array.delete(index, 1)
      await this.c.arrayDelete(arrayHandle, index, 1)
    } else if (this.y.subdocs.size > 0) {
      const n = random.below(this.y.subdocs.size)
      const subdoc = [...this.y.subdocs][n]
      if (random.chance(0.5)) {
        subdoc.load()
        await this.c.loadSubdoc(n)
      } else {
        subdoc.destroy()
        await this.c.unloadSubdoc(n)
      }
    }
    const ours = await this.c.commit()
    assert.deepEqual(Buffer.from(ours), Buffer.from(before ?? []))
  }

  async compare () {
    assert.deepEqual(Buffer.from(await this.c.encode()), Buffer.from(Y.encodeStateAsUpdate(this.y)))
    const theirs = [...this.y.subdocs].map(({ guid, gc, autoLoad, shouldLoad }) => ({ guid, gc, autoLoad, shouldLoad }))
    assert.deepEqual(await this.c.subdocs(), theirs)
    const ours = (await this.c.subdocChanges()).flatMap(c => c[0] === 'u' ? [`a${c.slice(1)}`, `r${c.slice(1)}`] : [c])
    // Yjs destroys what was removed, and then says once more that it was.
    assert.deepEqual(ours.sort(), [...new Set(this.changes)].sort())
    this.changes = []
  }
}

async function session (driver, seed) {
  const random = new Random(seed)
  const clients = [new Client(driver, 0, 10), new Client(driver, 1, 20)]
  for (const client of clients) await client.start()
  for (let step = 0; step < 40; step++) {
    const client = random.pick(clients)
    if (random.chance(0.7)) {
      await client.edit(random, `guid ${step}`)
    } else {
      const update = Y.encodeStateAsUpdate(clients[client === clients[0] ? 1 : 0].y, Y.encodeStateVector(client.y))
      Y.applyUpdate(client.y, update)
      await client.c.apply(update)
    }
    await client.compare()
  }
}

seededTest('sub-documents', { sessions: 30, budgetMs: 10000 }, session)
