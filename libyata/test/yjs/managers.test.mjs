// SPDX-License-Identifier: MIT
// Several undo managers of one document, in a small text: some take what others undo for edits, some leave out
// transactions by their time, some have the whole document. After each step the same bytes and the same depths.
import assert from 'node:assert/strict'
import { clock } from './clock.mjs' // before yjs
import * as Y from 'yjs'
import { addManager } from './managers.mjs'
import { Random } from './random.mjs'
import { Twin, hex } from './scenarios.mjs'
import { seededTest } from './seeded.mjs'

const steps = 60

class Several {
  constructor (driver, random) {
    this.random = random
    this.twin = new Twin(driver, 0, { gc: random.chance(0.5), clientID: 1 + random.below(2 ** 32) })
    this.other = new Y.Doc()
    this.other.clientID = 1 + random.below(2 ** 32)
    this.managers = []
    this.ms = 1000
    this.names = 0
  }

  async start () {
    const { random, twin } = this
    await twin.c.create(twin.y.clientID, twin.y.gc)
    this.roots = [await twin.root('t'), await twin.root('t', 'u')]
    for (let n = 2 + random.below(3); n > 0; n--) await this.manage()
  }

  async manage () {
    const { random, twin, managers } = this
    const origins = [0, 2, 3].filter(() => random.chance(0.5))
    const others = managers.filter(() => random.chance(0.5))
    const scope = random.chance(0.3) ? [] : random.chance(0.5) ? this.roots : [this.roots[0]]
    const timeout = random.pick([500, 20, 0])
    const skips = random.pick([0, 0, 2, 3])
    if (origins.length + others.length === 0) origins.push(0)
    await addManager(twin, managers, { scope, origins: origins.map(n => [n === 0 ? null : n, n]), others, timeout, skips })
  }

  async edit () {
    const { random, twin, ms } = this
    const [y, c] = random.pick(this.roots)
    const at = random.below(y.length + 1)
    const by = { origin: random.pick([0, 0, 2, 3]), ms }
    if (random.chance(0.4) && y.length > 0) {
      const count = Math.min(y.length - at, 1 + random.below(4))
      await twin.step(() => y.delete(at, count), () => twin.c.deleteText(c, at, count), by)
    } else {
      const text = random.pick(['a', 'bc', 'def', '😀'])
      await twin.step(() => y.insert(at, text), () => twin.c.insertText(c, at, text), by)
    }
  }

  // Somebody else writes, on what is here or on what was before.
  async hear () {
    const { random, twin, other } = this
    if (random.chance(0.5)) Y.applyUpdate(other, Y.encodeStateAsUpdate(twin.y))
    const text = other.getText(random.pick(['t', 'u']))
    const at = random.below(text.length + 1)
    if (random.chance(0.4) && text.length > 0) text.delete(at, Math.min(text.length - at, 1 + random.below(3)))
    else text.insert(at, random.pick(['x', 'yz']))
    const update = Y.encodeStateAsUpdate(other, Y.encodeStateVector(twin.y))
    Y.applyUpdate(twin.y, update, 'remote')
    await twin.c.applyAs(update, 1, this.ms)
  }

  // A root that nobody asked for before. libyata takes this for as late as the last transaction.
  async root () {
    await this.edit()
    clock.ms = this.ms
    await this.twin.root(this.random.pick(['t', 'm', 'a', 'f', 'e', 'x']), `root ${this.names++}`)
  }

  async undo (n, what) {
    const { twin } = this
    const before = twin.updates.length
    const step = this.managers[n][what]()
    const [done, update] = await twin.c[what](n, this.ms)
    assert.equal(done, step !== null, 'was there a step?')
    assert.equal(hex(update), hex(twin.updates[before] ?? ''), 'the update')
  }

  async step () {
    const { random, twin, managers } = this
    this.ms += random.pick([0, 1, 5, 30, 601])
    clock.ms = this.ms
    const n = random.below(managers.length)
    const what = random.pick(['edit', 'edit', 'edit', 'hear', 'root', 'undo', 'undo', 'redo', 'stop', 'clear'])
    if (what === 'edit' || what === 'hear' || what === 'root') {
      await this[what]()
    } else if (what === 'stop') {
      managers[n].stopCapturing()
      await twin.c.undoStop(n)
    } else if (what === 'clear') {
      if (random.chance(0.7)) return
      const [undo, redo] = [random.chance(0.5), random.chance(0.5)]
      managers[n].clear(undo, redo)
      await twin.c.undoClear(n, undo, redo, this.ms)
    } else {
      await this.undo(n, what)
    }
    await twin.same()
    for (const [i, { undoStack, redoStack }] of managers.entries()) {
      assert.deepEqual(await twin.c.undoDepth(i), [undoStack.length, redoStack.length], `steps of ${i}`)
    }
  }
}

seededTest('several managers', { sessions: 100, budgetMs: 15000 }, async (driver, seed) => {
  const several = new Several(driver, new Random(seed))
  try {
    await several.start()
    for (let i = 0; i < steps; i++) await several.step()
  } finally {
    clock.ms = null
  }
})
