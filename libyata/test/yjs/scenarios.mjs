// SPDX-License-Identifier: MIT
// Scenarios step by step, in twins: every step is made in yjs and in libyata, its update compared byte for byte, and
// after each the state.
import assert from 'node:assert/strict'
import test from 'node:test'
import { clock } from './clock.mjs'
import * as Y from 'yjs'
import { Driver, YataDoc } from './driver.mjs'

const kinds = {
  t: Y.Text, m: Y.Map, a: Y.Array, f: Y.XmlFragment, e: Y.XmlElement, x: Y.XmlText
}
export const hex = bytes => Buffer.from(bytes).toString('hex')
export const byte = n => Buffer.from([n])

export class Twin {
  constructor (driver, number, { gc = true, clientID = number + 1 } = {}) {
    this.driver = driver
    this.y = new Y.Doc({ gc })
    this.y.clientID = clientID
    this.c = new YataDoc(driver, number)
    this.updates = []
    this.y.on('update', update => this.updates.push(update))
  }

  async root (kind, name = kind) {
    const y = this.y.get(name, kinds[kind])
    return [y, await this.c.root(kind, name)]
  }

  /** One transaction in both: `ours` returns promises, or a list of them. */
  async step (theirs, ours, { origin = 0, ms = 0 } = {}) {
    const before = this.updates.length
    const done = [this.c.beginAs(origin, ms)]
    clock.ms = ms
    this.y.transact(theirs, origin === 0 ? null : origin)
    clock.ms = null
    const made = this.updates.length > before ? this.updates.at(-1) : Buffer.alloc(0)
    done.push(...[ours()].flat())
    const update = this.c.commit()
    await Promise.all(done)
    assert.equal(hex(await update), hex(made), 'the update')
    await this.same()
  }

  async same () {
    assert.equal(hex(await this.c.encode()), hex(Y.encodeStateAsUpdate(this.y)), 'the state')
    assert.equal(hex(await this.c.encode2()), hex(Y.encodeStateAsUpdateV2(this.y)), 'the state, v2')
  }

  async take (update) {
    Y.applyUpdate(this.y, update, 'remote') // none that an undo manager tracks
    await this.c.applyAs(update, 1, 0)
    await this.same()
  }

  /** What the other has and this one lacks. */
  async hear (other) { await this.take(Y.encodeStateAsUpdate(other.y, Y.encodeStateVector(this.y))) }

  // ---- edits: a type is a pair of yjs' type and libyata's handle ------------------------------

  insert ([y, c], index, text, attributes) {
    return this.step(() => y.insert(index, text, attributes && structuredClone(attributes)),
      () => attributes ? this.c.insertFormatted(c, index, text, attributes) : this.c.insertText(c, index, text))
  }

  erase ([y, c], index, count) { return this.step(() => y.delete(index, count), () => this.c.deleteText(c, index, count)) }

  format ([y, c], index, count, attributes) {
    return this.step(() => y.format(index, count, structuredClone(attributes)), () => this.c.format(c, index, count, attributes))
  }

  delta ([y, c], ops) { return this.step(() => y.applyDelta(structuredClone(ops)), () => this.c.applyDelta(c, ops)) }
  set ([y, c], key, value) {
    return this.step(() => y instanceof Y.XmlElement ? y.setAttribute(key, value) : y.set(key, value), () => this.c.mapSet(c, key, value))
  }

  unset ([y, c], key) { return this.step(() => y.delete(key), () => this.c.mapDelete(c, key)) }
  list ([y, c], index, values) { return this.step(() => y.insert(index, values), () => this.c.arrayInsert(c, index, values)) }
  unlist ([y, c], index, count) { return this.step(() => y.delete(index, count), () => this.c.arrayDelete(c, index, count)) }

  /** A new type in a map (a string) or a list (an index); returned as a pair. */
  async nest ([y, c], at, kind, name) {
    const made = kind === 'e' ? new Y.XmlElement(name) : new kinds[kind]()
    let handle
    await this.step(() => typeof at === 'string' ? y.set(at, made) : y.insert(at, [made]), () => {
      handle = typeof at === 'string' ? this.c.mapSetXml(c, at, kind, name) : this.c.xmlInsert(c, at, kind, name)
      return handle
    })
    return [made, await handle]
  }

  // ---- what there is ----------------------------------------------------------------------------

  async text ([y, c], expected) {
    assert.equal(y.toString(), expected)
    assert.equal(await this.c.readText(c), expected)
  }

  async deltaIs ([y, c], expected) {
    assert.deepEqual(y.toDelta(), expected)
    assert.deepEqual(JSON.parse(await this.c.delta(c)), expected)
  }

  async json ([y, c], expected) {
    assert.deepEqual(y.toJSON(), expected)
    assert.deepEqual(JSON.parse(await this.c.typeJson(c)), expected)
  }

  async markup ([y, c], expected) {
    assert.equal(y.toString(), expected)
    assert.equal(await this.c.xmlString(c), expected)
  }
}

/** Every one hears of every other, until all know the same. */
export async function meet (...twins) {
  for (let round = 0; round < 2; round++) {
    for (const to of twins) for (const from of twins) if (to !== from) await to.hear(from)
  }
}

/** A test with `count` twins. */
export function scenario (name, count, options, run) {
  test(name, async t => {
    const driver = new Driver()
    t.after(() => driver.close())
    const twins = Array.from({ length: count }, (_, i) => new Twin(driver, i, options))
    for (const twin of twins) await twin.c.create(twin.y.clientID, twin.y.gc)
    await run(...twins)
  })
}
