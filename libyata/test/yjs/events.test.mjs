// SPDX-License-Identifier: MIT
// What observers of libyata are told, beside what those of yjs are: random edits of nested types,
// local and remote, in several clients.
import assert from 'node:assert/strict'
import * as Y from 'yjs'
import { YataDoc } from './driver.mjs'
import { Random } from './random.mjs'
import { seededTest } from './seeded.mjs'

const words = ['a', 'hello ', 'wörld', '漢字', 'é', '\n', 'x'.repeat(40)]
const values = [null, true, 1, -1, 0.5, 'text', '😀', [1, 'two', [3]], { a: { b: [null] } }, new Uint8Array([1, 2, 3])]
const kinds = { t: Y.Text, m: Y.Map, a: Y.Array }
const hex = bytes => Buffer.from(bytes).toString('hex')

const plain = v => {
  if (v instanceof Y.AbstractType) return { $type: 1 }
  if (v instanceof Uint8Array) return { $binary: [...v] }
  if (v === undefined) return { $undefined: 1 }
  return v
}

// What yjs says of an event.
const theirs = event => ({
  path: event.path,
  keys: Object.fromEntries([...event.changes.keys]
    .map(([key, { action, oldValue }]) => [key, { action, old: plain(action === 'add' ? undefined : oldValue) }])),
  delta: event.changes.delta.map(op => {
    const same = { ...op }
    if (Array.isArray(op.insert)) same.insert = op.insert.map(plain)
    else if (op.insert !== undefined && typeof op.insert !== 'string') same.insert = plain(op.insert)
    return same
  })
})

// The same of what libyata logged.
const ours = (event, isText) => ({
  path: event.path,
  keys: event.keys,
  delta: event.delta.map(op => {
    const same = {}
    if (op.kind !== 'insert') same[op.kind] = op.len
    else if (op.text !== '') same.insert = op.text
    else same.insert = isText(event) ? op.values[0] : op.values
    if (Object.keys(op.attributes).length > 0) same.attributes = op.attributes
    return same
  })
})

const sorted = events => events.map(e => JSON.stringify(e)).sort().map(s => JSON.parse(s))

// Positions, in both units: of the old text and of the new one.
function checkPositions (delta, before, after) {
  let built = ''
  let at = 0
  for (const op of delta) {
    built += before.slice(at, op.oldIndex)
    assert.equal(built.length, op.newIndex)
    assert.equal(Buffer.byteLength(built), op.newByte)
    assert.equal(Buffer.byteLength(before.slice(0, op.oldIndex)), op.oldByte)
    at = op.oldIndex
    if (op.kind === 'insert') {
      assert.equal(Buffer.byteLength(op.text), op.bytes)
      built += op.text
    } else {
      const text = before.slice(at, at + op.len)
      assert.equal(Buffer.byteLength(text), op.bytes)
      if (op.kind === 'delete') assert.equal(op.text, text)
      else built += text
      at += op.len
    }
  }
  assert.equal(built + before.slice(at), after)
}

class Twin {
  constructor (driver, number, clientID) {
    this.y = new Y.Doc()
    this.y.clientID = clientID
    this.c = new YataDoc(driver, number)
    this.log = []
  }

  async start () {
    await this.c.create(this.y.clientID)
    this.roots = {}
    for (const kind of 'tma') {
      const type = this.y.get(kind, kinds[kind])
      this.roots[kind] = [type, await this.c.root(kind, kind)]
      await this.c.observe(this.roots[kind][1], kind)
      type.observe(event => this.log.push({ what: 'type', name: kind, events: [theirs(event)] }))
      type.observeDeep(events => this.log.push({ what: 'deep', name: kind, events: events.map(theirs) }))
    }
    await this.c.observeAll()
    this.y.on('afterTransaction', txn => this.log.push({
      what: 'txn',
      local: txn.local,
      before: Object.fromEntries([...txn.beforeState].map(([k, v]) => [k, v])),
      after: Object.fromEntries(txn.afterState),
      deleted: [...txn.deleteSet.clients].sort((a, b) => b[0] - a[0])
        .flatMap(([client, ranges]) => ranges.map(r => [client, r.clock, r.len]))
    }))
    this.y.on('update', update => {
      this.last = update
      this.log.push({ what: 'update', bytes: hex(update) })
    })
    this.y.on('updateV2', update => this.log.push({ what: 'updateV2', bytes: hex(update) }))
    this.text = ''
    await this.c.log()
  }

  // A random type and its steps from a root.
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
    if (random.chance(0.65)) {
      const text = random.pick(words)
      y.insert(index, text)
      return this.c.insertText(c, index, text)
    }
    const count = Math.min(y.length - index, random.below(12))
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
    this.last = null
    const done = [this.c.begin()]
    this.y.transact(() => {
      for (let n = 1 + random.below(4); n > 0; n--) {
        const { type, root, steps } = this.find(random)
        const { place, done: placed } = this.c.place(n, root, steps)
        done.push(placed)
        const edit = type instanceof Y.Text
          ? this.editText(random, type, place)
          : type instanceof Y.Map ? this.editMap(random, type, place) : this.editArray(random, type, place)
        if (edit !== null) done.push(edit)
      }
    })
    done.push(this.c.commit())
    await Promise.all(done)
    return this.last
  }

  async take (update) {
    Y.applyUpdate(this.y, update, 'remote')
    await this.c.apply(update)
  }

  async compare () {
    const log = await this.c.log()
    const text = this.y.getText('t').toString()
    const isText = event => event.delta.length > 0 && event.delta.some(op => op.text !== '' || op.bytes > 0)
    for (const { what, name, events } of log) {
      if (what === 'type' && name === 't') checkPositions(events[0].delta, this.text, text)
    }
    this.text = text
    const say = (list, event) => list.map(({ what, name, events, time, ...rest }) =>
      events ? { what, name, events: sorted(events.map(event)) } : { what, ...rest })
    // Yjs makes a transaction to compute a text's delta: those that change nothing are left out.
    const tells = e => e.what !== 'txn' || e.deleted.length > 0 || JSON.stringify(e.before) !== JSON.stringify(e.after)
    // Between observers of one kind there is no order.
    const order = ['type', 'deep', 'txn', 'update', 'updateV2']
    const rank = e => order.indexOf(e.what)
    assert.ok(log.every((e, i) => i === 0 || rank(log[i - 1]) <= rank(e) || e.what === 'type' || rank(log[i - 1]) > 2))
    assert.deepEqual(sorted(say(log, e => ours(e, isText)).filter(tells)),
      sorted(say(this.log, e => e).filter(tells)))
    this.log = []
  }
}

async function session (driver, seed) {
  const random = new Random(seed)
  const count = 2 + random.below(2)
  const twins = Array.from({ length: count }, (_, i) => new Twin(driver, i, 1 + i * 10 + random.below(10)))
  for (const twin of twins) await twin.start()
  const inboxes = twins.map(() => [])
  for (let step = 0; step < 40; step++) {
    const i = random.below(count)
    if (random.chance(0.6)) {
      const update = await twins[i].edit(random)
      if (update !== null) inboxes.forEach((inbox, j) => { if (j !== i) inbox.push(update) })
      await twins[i].compare()
    } else if (inboxes[i].length > 0) {
      const some = inboxes[i].splice(random.below(inboxes[i].length), 1 + random.below(3))
      if (random.chance(0.5)) some.unshift(Y.mergeUpdates(some))
      for (const update of some) {
        await twins[i].take(update)
        await twins[i].compare()
      }
    }
  }
}

seededTest('observers are told the same', { sessions: 150, budgetMs: 15000 }, session)
