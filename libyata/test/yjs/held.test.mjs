// SPDX-License-Identifier: MIT
// Embeds and formats with values that JSON lacks, which version 2 has: bytes, NaN, infinity, -0, bigints, undefined.
// Whatever is done with them, they are in the end what they are with yjs.
import assert from 'node:assert/strict'
import { clock } from './clock.mjs' // before yjs
import * as Y from 'yjs'
import { sized, YataDoc } from './driver.mjs'
import { alike, theirs as said } from './observers.mjs'
import { Random } from './random.mjs'
import { byte, hex, meet, scenario } from './scenarios.mjs'
import { seededTest } from './seeded.mjs'
import { plain } from './snapshots.mjs'
import { manage } from './steps.mjs'

const lacking = [NaN, Infinity, -Infinity, -0, undefined, 0n, 10n, -1n, 2n ** 63n - 1n, -(2n ** 63n)]
const known = [null, true, false, 0, 1, -1, 1.5, 0.1, 64, 2 ** 31, -(2 ** 31), 2 ** 40, 1e300, '', 'text', 'é😀"\\\n\u0001/']
const keys = ['a', 'b', '1', '0', '10', 'é"\n']

function value (random, depth = 0) {
  const kind = random.below(depth < 3 ? 8 : 5)
  if (kind < 2) return random.pick(lacking)
  if (kind < 4) return random.pick(known)
  if (kind === 4) return Uint8Array.from({ length: random.below(4) }, () => random.pick([0, 1, 255]))
  if (kind === 5) return Array.from({ length: random.below(3) }, () => value(random, depth + 1))
  return Object.fromEntries(Array.from({ length: random.below(4) }, () => [random.pick(keys), value(random, depth + 1)]))
}

const clone = v => v === null || typeof v !== 'object' ? v : structuredClone(v)
const isEmbed = v => v !== undefined && v !== null && typeof v !== 'string'
const roots = { t: Y.Text, x: Y.XmlText }

// Half of a pair of surrogates is U+FFFD in UTF-8.
const whole = v => JSON.parse(JSON.stringify(v), (_, v) => typeof v === 'string' ? Buffer.from(v).toString() : v)

// What yjs writes in version 1, if it can: not a bigint, nor an undefined format.
const orNothing = make => {
  try {
    return make()
  } catch {
    return undefined
  }
}

async function equal (ours, theirs, what) {
  if (theirs !== undefined) assert.equal(hex(await ours), hex(theirs), what)
}

// ---- edits: in yjs, and in its twin where there is one ------------------------------------------

class Editor {
  constructor (random, gc, clientID) {
    this.random = random
    this.y = new Y.Doc({ gc })
    this.y.clientID = clientID
    this.types = Object.entries(roots).map(([name, type]) => this.y.get(name, type))
    this.words = ['a', 'word', '😀']
    this.updates = []
    this.y.on('updateV2', (update, origin) => { if (origin !== 'remote') this.updates.push(update) })
    // Few values, so that formats meet their like.
    this.pool = Array.from({ length: 6 }, () => value(random))
  }

  value () { return clone(this.random.chance(0.7) ? this.random.pick(this.pool) : value(this.random)) }

  attributes () {
    const { random } = this
    if (random.chance(0.3)) return undefined
    const given = {}
    for (let i = random.below(3); i >= 0; i--) given[random.pick(['b', 'link', '2', '1'])] = random.chance(0.2) ? null : this.value()
    return given
  }

  embed () {
    for (;;) {
      const v = this.value()
      if (isEmbed(v)) return v
    }
  }

  /** One edit: [of yjs, of libyata], each of a type. */
  edit (type) {
    const { random } = this
    const at = random.below(type.length + 1)
    const count = Math.min(type.length - at, 1 + random.below(5))
    const attributes = this.attributes()
    const text = random.pick(this.words)
    switch (random.below(7)) {
      case 0: {
        const embed = this.embed()
        return [t => t.insertEmbed(at, clone(embed), clone(attributes)), (c, h) => c.insertEmbed(h, at, embed, attributes)]
      }
      case 1:
      case 2:
        if (attributes === undefined || count <= 0) break
        return [t => t.format(at, count, clone(attributes)), (c, h) => c.format(h, at, count, attributes)]
      case 3: {
        const op = random.chance(0.5) ? { insert: text } : { insert: this.embed() }
        const ops = [...(at > 0 ? [{ retain: at, ...(attributes && { attributes }) }] : []), { ...op, attributes: this.attributes() ?? {} }]
        return [t => t.applyDelta(structuredClone(ops)), (c, h) => c.applyDelta(h, ops)]
      }
      case 4:
        if (count <= 0) break
        return [t => t.delete(at, count), (c, h) => c.deleteText(h, at, count)]
      case 5:
        if (attributes === undefined) break
        return [t => t.insert(at, text, clone(attributes)), (c, h) => c.insertFormatted(h, at, text, attributes)]
      default:
    }
    return [t => t.insert(at, text), (c, h) => c.insertText(h, at, text)]
  }

  write () {
    this.y.transact(() => {
      for (let i = 0; i < 2; i++) {
        const type = this.random.pick(this.types)
        this.edit(type)[0](type)
      }
    })
  }
}

class Twin extends Editor {
  async start (driver, number) {
    this.c = new YataDoc(driver, number)
    await this.c.create(this.y.clientID, this.y.gc)
    this.handles = await Promise.all(Object.keys(roots).map(name => this.c.root(name, name)))
    this.events = []
    this.types.forEach((type, i) => type.observe(event => this.events.push(said(event))))
    for (const handle of this.handles) await this.c.observe(handle, 'type')
  }

  async manage () {
    this.manager = new Y.UndoManager(this.types, { captureTimeout: 0 })
    await this.c.undoNew(0, { timeout: -1, origins: [0], scope: this.handles })
  }

  async editBoth () {
    const before = this.updates.length
    const done = [this.c.beginAs(0, 0)]
    clock.ms = 0
    this.y.transact(() => {
      for (let i = 0; i < 2; i++) {
        const at = this.random.below(this.types.length)
        const [theirs, ours] = this.edit(this.types[at])
        theirs(this.types[at])
        done.push(ours(this.c, this.handles[at]))
      }
    })
    clock.ms = null
    done.push(this.c.commit2())
    const made = await Promise.all(done)
    assert.equal(hex(made.at(-1)), hex(this.updates.slice(before).at(0) ?? ''), 'the update of a transaction')
  }

  async undoBoth () {
    const what = this.random.pick(['undo', 'undo', 'redo'])
    clock.ms = 0
    const step = this.manager[what]()
    clock.ms = null
    assert.equal((await this.c[what](0, 0))[0], step !== null, what)
  }

  async take (update) {
    clock.ms = 0
    Y.applyUpdateV2(this.y, update, 'remote')
    clock.ms = null
    await this.c.apply2As(update, 1, 0)
  }

  async same (vector) {
    const { c, y } = this
    await equal(c.encode2(), Y.encodeStateAsUpdateV2(y), 'the state, v2')
    await equal(c.encode2(vector), Y.encodeStateAsUpdateV2(y, vector), 'what a state lacks, v2')
    const state = await c.encode()
    const theirs = orNothing(() => Y.encodeStateAsUpdate(y))
    if (theirs !== undefined) assert.equal(hex(state), hex(theirs), 'the state')
    else Y.applyUpdate(new Y.Doc(), state) // it is one that yjs takes
    for (const [i, type] of this.types.entries()) {
      const delta = type.toDelta().map(op => ({ insert: plain(op.insert), attributes: plain(op.attributes ?? {}) }))
      assert.deepEqual(await c.runs(this.handles[i]), whole(delta), 'runs')
      const json = orNothing(() => JSON.parse(JSON.stringify(type.toDelta())))
      if (json !== undefined) assert.deepEqual(JSON.parse(await c.delta(this.handles[i])), whole(json), 'a delta as JSON')
    }
    assert.equal(await c.xmlString(this.handles[1]), whole(this.types[1].toString()), 'markup')
  }

  async heard () {
    const logged = (await this.c.log()).filter(({ what }) => what === 'type').flatMap(({ events }) => events)
    const as = alike(logged)
    const by = list => list.map(({ delta }) => JSON.stringify(whole(delta))).sort()
    assert.deepEqual(by(logged.map(as.told)), by(this.events.map(as.said)), 'what observers were told')
    this.events = []
  }
}

async function asOf (twin, then) {
  const { y, c } = twin
  const bytes = sized(Y.encodeSnapshot(then))
  const restored = await c.call('snapshot restore2', byte(1), bytes)
  assert.equal(hex(restored), hex(Y.encodeStateAsUpdateV2(Y.createDocFromSnapshot(y, then, new Y.Doc({ gc: false })))), 'restored')
  for (const [i, type] of twin.types.entries()) {
    const delta = type.toDelta(then, undefined)
    const json = orNothing(() => JSON.stringify(delta))
    const ours = await c.call('snapshot delta', twin.handles[i], byte(0), bytes, sized(''))
    if (json !== undefined) assert.deepEqual(JSON.parse(ours), whole(JSON.parse(json)), 'a delta as of a snapshot')
  }
}

seededTest('what JSON lacks is kept by edits, undo and the updates of others', { sessions: 40, budgetMs: 6000 }, async (driver, seed) => {
  const random = new Random(seed)
  const gc = random.chance(0.6)
  const twin = new Twin(random, gc, 7)
  const other = new Editor(random, gc, 300)
  if (random.chance(0.5)) other.pool = twin.pool
  await twin.start(driver, 0)
  if (random.chance(0.5)) await twin.manage()
  let then = null
  for (let i = 0; i < 25; i++) {
    const before = Y.encodeStateVector(twin.y)
    if (random.chance(0.5)) {
      await twin.editBoth()
    } else if (twin.manager && random.chance(0.5)) {
      await twin.undoBoth()
    } else {
      if (random.chance(0.3)) Y.applyUpdateV2(other.y, Y.encodeStateAsUpdateV2(twin.y), 'remote')
      other.write()
      // Some come late: what is behind them waits.
      while (other.updates.length > 0 && random.chance(0.6)) {
        await twin.take(other.updates.splice(random.chance(0.7) ? 0 : random.below(other.updates.length), 1)[0])
      }
    }
    await twin.same(random.chance(0.5) ? before : Y.encodeStateVector(other.y))
    await twin.heard()
    if (!gc && i === 12) then = Y.snapshot(twin.y)
  }
  if (then !== null && !twin.manager) await asOf(twin, then)
})

// ---- updates without a document ---------------------------------------------------------------

const uint = n => n < 128 ? [n] : [n & 127 | 128, ...uint(n >> 7)]
const idsOf = ranges => Buffer.from([ranges.length, ...ranges.flatMap(([client, from, length]) => [client, 1, ...uint(from), ...uint(length)])])

// A part by ids, and all that is left, are the whole.
async function parted (driver, random, update) {
  const { structs } = Y.decodeUpdateV2(update)
  const end = id => Math.max(0, ...structs.filter(s => s.id.client === id).map(s => s.id.clock + s.length))
  const cuts = [9, 3].map(id => [id, end(id)]).filter(([, length]) => length > 0).map(([id, length]) => [id, random.below(length + 1), length])
  const parts = [idsOf(cuts.map(([id, cut]) => [id, 0, cut])), idsOf(cuts.map(([id, cut, length]) => [id, cut, length - cut]))]
  const [whole, again] = [new Y.Doc({ gc: false }), new Y.Doc({ gc: false })]
  Y.applyUpdateV2(whole, update)
  for (const ids of parts) Y.applyUpdateV2(again, await driver.intersect2(update, ids))
  await equal(Y.encodeStateAsUpdateV2(again), Y.encodeStateAsUpdateV2(whole), 'parts')
}

seededTest('what JSON lacks is kept without a document', { sessions: 25, budgetMs: 3000 }, async (driver, seed) => {
  const random = new Random(seed)
  const editors = [new Editor(random, false, 9), new Editor(random, random.chance(0.5), 3)]
  for (const editor of editors) editor.words = ['a', 'word', 'é'] // what is cut within a pair is whole no more
  for (let i = 0; i < 8; i++) {
    for (const editor of editors) editor.write()
    if (random.chance(0.3)) Y.applyUpdateV2(editors[0].y, Y.encodeStateAsUpdateV2(editors[1].y), 'remote')
  }
  const updates = editors.flatMap(({ updates }) => updates)
  updates.push(...editors.map(({ y }) => Y.encodeStateAsUpdateV2(y)))
  for (let i = 0; i < 15; i++) {
    const some = Array.from({ length: 2 + random.below(3) }, () => random.pick(updates))
    const merged = Y.mergeUpdatesV2(some)
    await equal(driver.merge2(some), merged, 'merged')
    const update = random.pick([merged, some[0]])
    const vector = Y.encodeStateVectorFromUpdateV2(random.pick(updates))
    await equal(driver.diff2(update, vector), Y.diffUpdateV2(update, vector), 'a difference')
    await equal(driver.updateStateVector2(update), Y.encodeStateVectorFromUpdateV2(update), 'its state vector')
    await equal(driver.toVersion1(update), orNothing(() => Y.convertUpdateFormatV2ToV1(update)), 'version 1')
    Y.applyUpdate(new Y.Doc(), await driver.toVersion1(update))
    await parted(driver, random, Y.encodeStateAsUpdateV2(random.pick(editors).y))
  }
})

// ---- step by step -----------------------------------------------------------------------------

const image = { data: new Uint8Array([1, 2, 255]), ratio: NaN, left: -0, far: [Infinity, -Infinity, undefined], none: undefined }

scenario('values that version 1 has as others', 2, {}, async (a, b) => {
  const t = await a.root('t')
  const manager = await manage(a, [t])
  await a.insert(t, 0, 'some text')
  await a.step(() => t[0].insertEmbed(4, structuredClone(image)), () => a.c.insertEmbed(t[1], 4, image))
  assert.deepEqual((await a.c.runs(t[1]))[1].insert, plain(image))
  await a.format(t, 0, 3, { bytes: new Uint8Array([7]), size: NaN })
  await a.format(t, 1, 6, { bytes: new Uint8Array([7]), size: NaN })
  await a.format(t, 2, 3, { bytes: { 0: 7 }, size: -0 })
  await a.insert(t, 1, 'in force')
  await a.format(t, 0, 4, { bytes: [7], size: 0 })
  for (let i = 0; i < 5; i++) await manager.undo()
  for (let i = 0; i < 5; i++) await manager.redo()
  await meet(a, b)
  await b.insert(await b.root('t'), 3, 'text')
})

scenario('NaN equals nothing, 0 is -0, bytes are what has the same members', 1, {}, async a => {
  const t = await a.root('t')
  await a.insert(t, 0, 'text')
  const values = [NaN, 0, -0, Infinity, -Infinity, new Uint8Array(), new Uint8Array([5, -0]), [], {}, [5, 0], { 0: 5, 1: -0 }, { 1: -0, 0: 5 },
    { x: NaN }, { x: -0 }, { x: 0 }, { x: undefined }, { y: undefined }, { x: new Uint8Array([1]) }, { 'é"\n': 'é"\n' }, { 'é"\n': 'é"\n', x: undefined }]
  for (const first of values) {
    await a.format(t, 1, 2, { a: first })
    for (const second of values) await a.format(t, 0, 4, { a: second })
    await a.insert(t, 2, 'a', { a: first })
    await a.erase(t, 2, 1)
  }
})

scenario('-0 and what is above all doubles are no longer JSON once they are read', 1, {}, async a => {
  const string = s => [s.length, ...Buffer.from(s)]
  let client = 100
  for (const text of ['-0', '[1,-0.0]', '{"a":1e400,"1":-1e999}', '-0e5']) {
    const struct = (content, body) => Buffer.from([1, 1, ++client & 127, 0, content, 1, 1, 116, ...body, 0])
    await a.take(struct(5, string(text)))
    await a.take(struct(6, [...string('b'), ...string(text)]))
  }
})

scenario('values that others write in other bytes are in those of yjs', 1, {}, async a => {
  const string = s => [s.length, ...Buffer.from(s)]
  const foreign = [
    [117, 2, 127, 125, 0x81, 0],
    [118, 3, ...string('b'), 127, ...string('20'), 124, 0x3f, 0x80, 0, 0, ...string('1'), 121],
    [123, 0x80, 0, 0, 0, 0, 0, 0, 0],
    [123, 0x7f, 0xf8, 0, 0, 0, 0, 0, 1]
  ]
  for (const [i, any] of foreign.entries()) {
    const doc = new Y.Doc()
    doc.clientID = 50 + i
    doc.getText('t').insertEmbed(0, new Uint8Array())
    // At the end stand the bytes, which are none, and no deletions.
    const update = Buffer.from([...Y.encodeStateAsUpdateV2(doc).slice(0, -3), ...any, 0])
    Y.applyUpdateV2(a.y, update, 'remote')
    await a.c.apply2As(update, 1, 0)
    await a.same()
  }
})
