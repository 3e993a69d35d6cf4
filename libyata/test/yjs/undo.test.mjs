// SPDX-License-Identifier: MIT
// Undo managers beside those of yjs: the same edits, the same steps, the same bytes.
import assert from 'node:assert/strict'
import { clock } from './clock.mjs'
import * as Y from 'yjs'
import { YataDoc } from './driver.mjs'
import { Random } from './random.mjs'
import { seededTest } from './seeded.mjs'

const words = ['a', 'hello ', 'wörld', '漢字', '😀', '\n', 'x'.repeat(30)]
const values = [null, true, 1, 0.5, 'text', [1, 'two'], { a: 1 }, new Uint8Array([1, 2, 3])]
const kinds = { t: Y.Text, m: Y.Map, a: Y.Array }
const origins = [null, 'one', 'two']

class Twin {
  constructor (driver, number, clientID) {
    this.y = new Y.Doc()
    this.y.clientID = clientID
    this.c = new YataDoc(driver, number)
    this.updates = []
    this.managers = []
  }

  async start () {
    await this.c.create(this.y.clientID)
    this.roots = {}
    for (const kind of 'tma') this.roots[kind] = [this.y.get(kind, kinds[kind]), await this.c.root(kind, kind)]
    this.y.on('update', update => this.updates.push(update))
  }

  async manage (random) {
    const n = this.managers.length
    const timeout = random.pick([500, 500, 20, 0])
    const from = random.pick([[null], [null, 'one'], ['one', 'two']])
    const scope = random.pick(['t', 'm', 'a', 'tm', 'tma', ''])
    const ignoreRemote = random.chance(0.3)
    this.managers.push(new Y.UndoManager(scope === '' ? this.y : [...scope].map(k => this.roots[k][0]), {
      captureTimeout: timeout, trackedOrigins: new Set(from), ignoreRemoteMapChanges: ignoreRemote
    }))
    await this.c.undoNew(n, {
      timeout: timeout === 0 ? -1 : timeout,
      ignoreRemote,
      origins: from.map(o => origins.indexOf(o)),
      scope: [...scope].map(k => this.roots[k][1])
    })
  }

  find (random) {
    const kind = random.pick(['t', 'm', 'a'])
    let type = this.roots[kind][0]
    const steps = []
    while (!(type instanceof Y.Text) && random.chance(0.7)) {
      const inner = (type instanceof Y.Map ? [...type.entries()] : type.toArray().map((v, i) => [i, v]))
        .filter(([, v]) => v instanceof Y.AbstractType)
      if (inner.length === 0) break
      const [at, next] = random.pick(inner)
      steps.push(at)
      type = next
    }
    return { type, root: this.roots[kind][1], steps }
  }

  editText (random, y, c) {
    const index = random.below(y.length + 1)
    const count = Math.min(y.length - index, random.below(12))
    if (random.chance(0.5)) {
      const text = random.pick(words)
      y.insert(index, text)
      return this.c.insertText(c, index, text)
    }
    if (this.formats && count > 0 && random.chance(0.4)) {
      const attributes = { [random.pick(['b', 'i'])]: random.pick([true, null, 'x']) }
      y.format(index, count, attributes)
      return this.c.format(c, index, count, attributes)
    }
    y.delete(index, count)
    return this.c.deleteText(c, index, count)
  }

  editMap (random, y, c) {
    const key = random.pick(['k', 'key', ''])
    if (random.chance(0.25)) {
      const had = y.has(key)
      y.delete(key)
      return had ? this.c.mapDelete(c, key) : null
    }
    if (random.chance(0.3)) {
      const kind = random.pick(['t', 'm', 'a'])
      y.set(key, new kinds[kind]())
      return this.c.mapSetType(c, key, kind)
    }
    const value = random.pick(values)
    y.set(key, value)
    return this.c.mapSet(c, key, value)
  }

  editArray (random, y, c) {
    const index = random.below(y.length + 1)
    if (random.chance(0.35)) {
      const count = Math.min(y.length - index, random.below(4))
      y.delete(index, count)
      return this.c.arrayDelete(c, index, count)
    }
    if (random.chance(0.3)) {
      const kind = random.pick(['t', 'm', 'a'])
      y.insert(index, [new kinds[kind]()])
      return this.c.arrayInsertType(c, index, kind)
    }
    const list = Array.from({ length: 1 + random.below(4) }, () => random.pick(values))
    y.insert(index, list)
    return this.c.arrayInsert(c, index, list)
  }

  async edit (random) {
    const origin = random.pick(origins)
    const done = [this.c.beginAs(origins.indexOf(origin), clock.ms)]
    this.y.transact(() => {
      for (let n = 1 + random.below(3); n > 0; n--) {
        const { type, root, steps } = this.find(random)
        const { place, done: placed } = this.c.place(n, root, steps)
        done.push(placed)
        const edit = type instanceof Y.Text
          ? this.editText(random, type, place)
          : type instanceof Y.Map ? this.editMap(random, type, place) : this.editArray(random, type, place)
        if (edit !== null) done.push(edit)
      }
    }, origin)
    done.push(this.c.commit())
    await Promise.all(done)
  }

  // Undo, redo, or what else a manager can do.
  async manageSome (random) {
    const n = random.below(this.managers.length)
    const manager = this.managers[n]
    const what = random.pick(['undo', 'undo', 'undo', 'redo', 'redo', 'stop', 'clear'])
    if (what === 'stop') {
      manager.stopCapturing()
      await this.c.undoStop(n)
    } else if (what === 'clear') {
      if (random.chance(0.8)) return what
      const [undo, redo] = [random.chance(0.5), random.chance(0.5)]
      manager.clear(undo, redo)
      await this.c.undoClear(n, undo, redo, clock.ms)
    } else {
      const before = this.updates.length
      const step = manager[what]()
      const [done, update] = await this.c[what](n, clock.ms)
      assert.equal(done, step !== null, what)
      const theirs = this.updates.length > before ? this.updates[before] : Buffer.alloc(0)
      assert.equal(Buffer.from(update).toString('hex'), Buffer.from(theirs).toString('hex'), what)
    }
    return what
  }

  async take (update, origin) {
    Y.applyUpdate(this.y, update, origin)
    await this.c.applyAs(update, origins.indexOf(origin), clock.ms)
  }

  async compare (what) {
    assert.equal((await this.c.encode()).toString('hex'), Buffer.from(Y.encodeStateAsUpdate(this.y)).toString('hex'),
      what)
    for (const [n, manager] of this.managers.entries()) {
      assert.deepEqual(await this.c.undoDepth(n), [manager.undoStack.length, manager.redoStack.length], what)
    }
  }
}

async function run (driver, seed, formats) {
  const random = new Random(seed)
  const count = 2 + random.below(2)
  const twins = Array.from({ length: count }, (_, i) => new Twin(driver, i, 1 + i * 10 + random.below(10)))
  clock.ms = 1000
  for (const twin of twins) {
    twin.formats = formats
    await twin.start()
    for (let n = 1 + random.below(2); n > 0; n--) await twin.manage(random)
  }
  const seen = twins.map(() => twins.map(() => 0))
  for (let step = 0; step < 50; step++) {
    const i = random.below(count)
    clock.ms += random.pick([0, 5, 30, 600])
    let what = 'edit'
    if (random.chance(0.45)) {
      await twins[i].edit(random)
    } else if (random.chance(0.55)) {
      what = await twins[i].manageSome(random)
    } else {
      // What another wrote since: one by one, in order.
      const j = random.below(count)
      if (j === i) continue
      what = 'take'
      const origin = random.pick(origins)
      for (const end = twins[j].updates.length; seen[i][j] < end; seen[i][j]++) {
        await twins[i].take(twins[j].updates[seen[i][j]], origin)
        await twins[i].compare(`step ${step}: take`)
      }
    }
    await twins[i].compare(`step ${step}: ${what}`)
  }
}

const session = formats => async (driver, seed) => {
  try {
    await run(driver, seed, formats)
  } finally {
    clock.ms = null
  }
}

seededTest('undo managers do the same', { sessions: 200, budgetMs: 12000 }, session(false))
seededTest('undo managers do the same with formatted text', { sessions: 200, budgetMs: 8000 }, session(true))
