// SPDX-License-Identifier: MIT
// One client of a session: a document of yjs and its twin of libyata. Both do the same edits and take the same
// updates, in the same transactions. Nothing waits for libyata: what it should answer is compared when it does.
import assert from 'node:assert/strict'
import { clock } from './clock.mjs'
import * as Y from 'yjs'
import { YataDoc } from './driver.mjs'
import { kindOf, pickEdit } from './edits.mjs'

/** Who makes transactions; libyata is told the number. */
export const origins = [null, 'one', 'two', 'remote']

const equal = (ours, theirs, what) => {
  if (Buffer.compare(ours, theirs) !== 0) {
    assert.fail(`${what}:\n  ours ${ours.toString('hex')}\ntheirs ${Buffer.from(theirs).toString('hex')}`)
  }
}

const nothing = Buffer.alloc(0)
/** For JSON.stringify: as libyata prints it, bytes in base64. */
export function printed (_, v) {
  if (typeof v === 'bigint') return Number(v)
  return v instanceof Uint8Array ? Buffer.from(v).toString('base64') : v
}

// What yjs cannot print (an attribute that is null) is not compared.
const orNothing = make => {
  try {
    return make()
  } catch {
    return undefined
  }
}

/** What libyata should have answered: collected, and thrown when drained. */
export class Expectations {
  constructor () {
    this.step = 0
    this.error = null
    this.last = Promise.resolve()
  }

  expect (promise, what, check = () => {}) {
    const step = this.step
    this.last = promise.then(check).catch(error => {
      if (this.error !== null) return
      error.message = `step ${step}, ${what}: ${error.message}`
      error.step = step
      this.error = error
    })
  }

  bytes (promise, theirs, what) {
    const step = this.step
    this.expect(promise, what, ours => equal(ours, theirs, `step ${step}, ${what}`))
  }

  async drain () {
    await this.last
    if (this.error !== null) throw this.error
  }
}

export class Peer {
  /** @companions  what is tried beside the edits: classes as Observers, Managers, Snapshots, Positions */
  constructor (driver, expectations, number, { clientID, gc, formatting, twin, companions = [] }) {
    this.y = new Y.Doc({ gc })
    this.y.clientID = clientID
    this.driver = driver
    this.expectations = expectations
    this.c = twin ? new YataDoc(driver, number) : null
    this.formatting = formatting
    this.local = [] // updates of this client: [v1, v2]
    this.credit = 0
    this.size = 0 // of the state when it was compared last
    this.places = 0
    this.managed = false // by undo managers: whose a transaction is, and when it was, counts
    const remember = at => (update, origin, doc, transaction) => {
      if (!transaction.local) return
      if (at === 0) this.local.push([update, null])
      else this.local.at(-1)[1] = update
    }
    this.y.on('update', remember(0))
    this.y.on('updateV2', remember(1))
    this.companions = twin ? companions.map(Companion => new Companion(this)) : []
  }

  async start (random) {
    const roots = [['t', this.y.getText('t')], ['t', this.y.getText('u')], ['m', this.y.getMap('m')],
      ['a', this.y.getArray('a')], ['f', this.y.getXmlFragment('f')], ['e', this.y.get('e', Y.XmlElement)],
      ['x', this.y.get('x', Y.XmlText)]]
    if (this.c !== null) this.expect(this.c.create(this.y.clientID, this.y.gc), 'create')
    this.roots = await Promise.all(roots.map(async ([kind, type]) => {
      const name = [...this.y.share].find(([, shared]) => shared === type)[0]
      return { type, name, handle: this.c === null ? null : await this.c.root(kind, name) }
    }))
    for (const companion of this.companions) await companion.start(random)
  }

  expect (promise, what, check) { this.expectations.expect(promise, what, check) }

  // A random type, a few levels down: its root and steps (a key, an index, the index of an embed).
  find (random) {
    const { type: root, handle } = random.pick(this.roots)
    let type = root
    const steps = []
    for (let depth = 0; depth < 4 && !random.chance(0.4); depth++) {
      const inner = this.inner(type)
      if (inner.length === 0) break
      const [step, next] = random.pick(inner)
      steps.push(step)
      type = next
    }
    return { type, handle, steps }
  }

  inner (type) {
    const inner = []
    let at = 0
    for (let item = type._start; item !== null && at < 2000; item = item.right) {
      if (item.deleted || !item.countable) continue
      const v = item.content.type
      if (v instanceof Y.AbstractType) inner.push([kindOf(type) === 't' || kindOf(type) === 'x' ? { embed: at } : at, v])
      at += item.length
    }
    type._map.forEach((item, key) => {
      const v = item.deleted ? null : item.content.getContent()[item.length - 1]
      if (v instanceof Y.AbstractType) inner.push([key, v])
    })
    return inner
  }

  /** What stands for the type at these steps in requests that follow at once, and the promise of its handle. */
  place (handle, steps) {
    this.places = (this.places + 1) % 60
    return this.c.place(2 + this.places, handle, steps)
  }

  placed (handle, steps) {
    if (steps.length === 0) return handle
    const { place, done } = this.place(handle, steps)
    this.expect(done, 'find a type')
    return place
  }

  /** The way to a type: a root's handle and steps; null when it was deleted, or is in no root that is known here. */
  path (type) {
    const steps = []
    while (type._item !== null) {
      const item = type._item
      if (item.deleted) return null
      type = item.parent
      let at = 0
      for (let left = item.left; left !== null; left = left.left) if (!left.deleted && left.countable) at += left.length
      const kind = kindOf(type)
      steps.unshift(item.parentSub ?? (kind === 't' || kind === 'x' ? { embed: at } : at))
    }
    const root = this.roots.find(root => root.type === type)
    return root === undefined ? null : { handle: root.handle, steps }
  }

  editOne (random) {
    const { type, handle, steps } = this.find(random)
    const kind = kindOf(type)
    if (this.c === null) {
      return pickEdit(random, kind, this.formatting).run(random, type, ignoring, null)
    }
    const h = this.placed(handle, steps)
    const edit = pickEdit(random, kind, this.formatting)
    const done = edit.run(random, type, this.c, h)
    if (done !== undefined) this.expect(done, `edit ${kind} ${edit.run.name}`)
  }

  /** One transaction with a few edits; what it made is the last of `local`. */
  edit (random) {
    const before = this.local.length
    const origin = this.managed ? random.pick(origins) : null
    if (this.c !== null) {
      this.expect(this.managed ? this.c.beginAs(origins.indexOf(origin), clock.ms) : this.c.begin(), 'begin')
    }
    this.y.transact(() => {
      for (let i = 1 + random.below(3); i > 0; i--) this.editOne(random)
    }, origin)
    const [v1, v2] = this.local.length > before ? this.local.at(-1) : [nothing, nothing]
    if (this.c === null) return
    if (random.chance(0.5)) this.expectations.bytes(this.c.commit(), v1, 'the update of a transaction')
    else this.expectations.bytes(this.c.commit2(), v2, 'the update of a transaction, v2')
  }

  /** Take an update, in either version; tidying up formats may make one in turn. */
  take ([v1, v2], version, origin = 'remote') {
    const before = this.local.length
    if (version === 1) Y.applyUpdate(this.y, v1, origin)
    else Y.applyUpdateV2(this.y, v2, origin)
    if (this.c === null) return
    const { pendingStructs, pendingDs } = this.y.store
    const waits = pendingStructs !== null || pendingDs !== null
    const by = [origins.indexOf(origin), clock.ms]
    const done = !this.managed
      ? version === 1 ? this.c.apply(v1) : this.c.apply2(v2)
      : version === 1 ? this.c.applyAs(v1, ...by) : this.c.apply2As(v2, ...by)
    this.expect(done, 'apply', ({ pending }) => assert.equal(pending, waits, 'pending'))
    const tidied = this.local.length > before ? this.local.at(-1)[0] : nothing
    this.expectations.bytes(this.c.tidied(), tidied, 'what was tidied up')
  }

  /** Compare all there is: the encoded state often while it is small, content now and then. */
  compare (random, { always = false } = {}) {
    if (this.c === null) return
    for (const companion of this.companions) companion.compare(random)
    this.credit += 4000
    if (!always && this.credit < this.size) return
    this.credit = 0
    const v1 = Y.encodeStateAsUpdate(this.y)
    this.size = v1.length
    const { c, expectations } = this
    expectations.bytes(c.encode(), v1, 'the state')
    expectations.bytes(c.stateVector(), Y.encodeStateVector(this.y), 'the state vector')
    if (!always && !random.chance(0.15)) return
    expectations.bytes(c.encode2(), Y.encodeStateAsUpdateV2(this.y), 'the state, v2')
    for (const root of this.roots) this.compareContent(root)
  }

  compareContent ({ type, name, handle }) {
    const { c } = this
    const kind = kindOf(type)
    if (kind === 't' || kind === 'x') {
      const theirs = orNothing(() => JSON.stringify(type.toDelta(), printed))
      if (theirs !== undefined) {
        this.expect(c.delta(handle), `the delta of ${name}`,
          ours => assert.deepEqual(JSON.parse(ours), JSON.parse(theirs)))
      }
    }
    if (kind !== 't' && kind !== 'a' && kind !== 'm') {
      const theirs = orNothing(() => type.toString())
      if (theirs !== undefined) {
        this.expect(c.xmlString(handle), `the markup of ${name}`, ours => assert.equal(ours, theirs))
      }
    } else {
      const theirs = orNothing(() => JSON.stringify(type.toJSON(), printed))
      if (theirs !== undefined) {
        this.expect(c.typeJson(handle), `the JSON of ${name}`,
          ours => assert.deepEqual(JSON.parse(ours), JSON.parse(theirs)))
      }
    }
  }

  // Peers of yjs may disagree for good about surrogate pairs that somebody wrote into: those are left out.
  content () {
    return this.roots.map(({ type }) => orNothing(() => JSON.parse(JSON.stringify(type.toJSON(), printed), (_, v) =>
      typeof v === 'string' ? v.replace(/[\ud800-\udfff\ufffd]/g, '') : v)))
  }
}

// Stands for libyata where there is none.
const ignoring = new Proxy({}, { get: () => () => ({}) })
