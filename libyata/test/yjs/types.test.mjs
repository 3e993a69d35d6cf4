// SPDX-License-Identifier: MIT
// Formatted text and XML: random sessions of clients, each a document of yjs and its twin of libyata.
// Both do the same; updates, states, deltas and markup must be equal after every step.
import assert from 'node:assert/strict'
import { env } from 'node:process'
import * as Y from 'yjs'
import { YataDoc } from './driver.mjs'
import { Random } from './random.mjs'
import { seededTest } from './seeded.mjs'

const operations = Number(env.YATA_OPERATIONS ?? 60)

const words = ['a', 'hello ', 'wörld', '😀', '\n', 'x'.repeat(30), '漢字', 'é']
const names = ['p', 'DIV', 'UL', 'h1']
const keys = ['class', 'id', '10', '9', 'ü']
const kinds = ['t', 'm', 'a', 'e', 'f', 'h', 'x']
const rich = ['t', 'x']
const lists = ['a', 'e', 'f']

// Each its own objects: Yjs compares some values by identity.
const attribute = random => random.pick([
  () => true, () => null, () => null, () => 'red', () => 1.5, () => ({ href: 'x' }), () => ({ b: 1, a: 'é"' }),
  () => ({ a: 'é"', b: 1 }), () => [1, 'two'], () => ({ deep: { er: [] } }), () => ''
])()
const attributes = random => Object.fromEntries(Array.from({ length: random.below(3) },
  () => [random.pick(['bold', 'em', 'color', '1', '0', 'link']), attribute(random)]))
const embed = random => random.pick([
  () => ({ image: 'x.png' }), () => ({}), () => ({ n: [1e21, 1e-7, -0, 0.1] }), () => 5, () => [true], () => false
])()
const plain = random => random.pick([
  () => 1, () => 'two', () => null, () => true, () => ({ a: [1] }), () => [], () => new Uint8Array([1, 2])
])()

const make = (kind, name) => ({
  t: () => new Y.Text(),
  m: () => new Y.Map(),
  a: () => new Y.Array(),
  e: () => new Y.XmlElement(name),
  f: () => new Y.XmlFragment(),
  h: () => new Y.XmlHook(name),
  x: () => new Y.XmlText()
})[kind]()

const kindOf = type => type instanceof Y.XmlText ? 'x'
  : type instanceof Y.Text ? 't'
  : type instanceof Y.XmlHook ? 'h'
  : type instanceof Y.Map ? 'm'
  : type instanceof Y.XmlElement ? 'e'
  : type instanceof Y.XmlFragment ? 'f' : 'a'

const nameFor = (random, kind) => kind === 'e' || kind === 'h' ? random.pick(names) : undefined

const equal = (ours, theirs, what) => {
  if (Buffer.compare(Buffer.from(ours), Buffer.from(theirs)) !== 0) {
    assert.fail(`${what}: ours ${Buffer.from(ours).toString('hex')}\ntheirs ${Buffer.from(theirs).toString('hex')}`)
  }
}

// Bytes of a Uint8Array are base64 with us; undefined is null.
const deltaOf = type => JSON.stringify(type.toDelta(),
  (_, v) => v instanceof Uint8Array ? Buffer.from(v).toString('base64') : v)

class Client {
  constructor (driver, number, clientID, gc) {
    this.y = new Y.Doc({ gc })
    this.y.clientID = clientID
    this.c = new YataDoc(driver, number)
    this.gc = gc
    this.updates = []
  }

  async start () {
    await this.c.create(this.y.clientID, this.gc)
    this.y.on('update', (update, origin) => { if (origin !== 'remote') this.updates.push(update) })
    this.roots = [
      [this.y.getText('t'), await this.c.root('t', 't')],
      [this.y.get('x', Y.XmlText), await this.c.root('x', 'x')],
      [this.y.getXmlFragment('f'), await this.c.root('f', 'f')],
      [this.y.get('e', Y.XmlElement), await this.c.root('e', 'e')],
      [this.y.getArray('a'), await this.c.root('a', 'a')],
      [this.y.getMap('m'), await this.c.root('m', 'm')]
    ]
  }

  // Few keys and values on one short text: what clients do there overlaps.
  editFormats (random, y) {
    const { c } = this
    const index = random.below(y.length + 1)
    const count = Math.min(y.length - index, 1 + random.below(5))
    const given = { [random.pick(['bold', 'em', 'link'])]: random.pick([true, null, null, 'x', { href: 'y' }]) }
    if (random.chance(0.2) || y.length < 5) {
      y.insert(index, 'abc', structuredClone(given))
      return h => c.insertFormatted(h, index, 'abc', given)
    }
    if (random.chance(0.6)) {
      y.format(index, count, structuredClone(given))
      return h => c.format(h, index, count, given)
    }
    y.delete(index, count)
    return h => c.deleteText(h, index, count)
  }

  // A random type, a few levels down: its root, and steps: a key, an index, or an index of an embed.
  find (random) {
    const [root, handle] = this.narrow ? this.roots[0] : random.pick(this.roots)
    let type = root
    const steps = []
    if (this.narrow) return { type, handle, steps }
    for (let depth = 0; depth < 4; depth++) {
      const inner = []
      if (rich.includes(kindOf(type))) {
        let at = 0
        for (const op of type.toDelta()) {
          if (op.insert instanceof Y.AbstractType) inner.push([{ embed: at }, op.insert])
          at += typeof op.insert === 'string' ? op.insert.length : 1
        }
      } else if (lists.includes(kindOf(type))) {
        type.toArray().forEach((v, i) => { if (v instanceof Y.AbstractType) inner.push([i, v]) })
      }
      type._map.forEach((item, key) => {
        const v = item.deleted ? null : item.content.getContent()[item.length - 1]
        if (v instanceof Y.AbstractType) inner.push([key, v])
      })
      if (inner.length === 0 || random.chance(0.4)) break
      const [step, next] = random.pick(inner)
      steps.push(step)
      type = next
    }
    return { type, handle, steps }
  }

  async resolve (handle, steps) {
    for (const at of steps) {
      handle = typeof at === 'string'
        ? await this.c.mapGetType(handle, at)
        : typeof at === 'number' ? await this.c.arrayGetType(handle, at) : await this.c.embedType(handle, at.embed)
    }
    return handle
  }

  editText (random, y) {
    const { c } = this
    const index = random.below(y.length + 1)
    const count = Math.min(y.length - index, random.below(8))
    const text = random.pick(words)
    const given = random.chance(0.2) ? undefined : attributes(random)
    switch (random.below(8)) {
      case 0:
      case 1:
        y.insert(index, text, given && structuredClone(given))
        return h => c.insertFormatted(h, index, text, given)
      case 2:
      case 3:
        y.format(index, count, structuredClone(given ?? {}))
        return h => c.format(h, index, count, given ?? {})
      case 4: {
        const value = embed(random)
        y.insertEmbed(index, structuredClone(value), given && structuredClone(given))
        return h => c.insertEmbed(h, index, value, given)
      }
      case 5: {
        const kind = random.pick(kinds)
        const name = nameFor(random, kind)
        y.insertEmbed(index, make(kind, name), given && structuredClone(given))
        return h => c.insertTypeEmbed(h, index, kind, name, given)
      }
      case 6: return this.editByDelta(random, y)
      default:
        y.delete(index, count)
        return h => c.deleteText(h, index, count)
    }
  }

  editByDelta (random, y) {
    const ops = Array.from({ length: 1 + random.below(5) }, () => {
      const given = random.chance(0.4) ? undefined : attributes(random)
      switch (random.below(5)) {
        case 0: return { retain: random.below(10), attributes: given }
        case 1: return { delete: random.below(6) }
        case 2: return { insert: embed(random), attributes: given }
        case 3: return { retain: random.below(10) }
        default: return { insert: random.pick(words), attributes: given }
      }
    })
    if (y._start === null) ops.unshift({ insert: 'a' }) // Yjs cannot delete from what was always empty
    y.applyDelta(structuredClone(ops))
    return h => this.c.applyDelta(h, ops)
  }

  editKeys (random, y, set, remove) {
    const { c } = this
    const key = random.pick(keys)
    if (random.chance(0.3)) {
      const had = y._map.has(key) && !y._map.get(key).deleted
      remove(key)
      return async h => { if (had) await c.mapDelete(h, key) }
    }
    if (random.chance(0.2)) {
      const kind = random.pick(kinds)
      const name = nameFor(random, kind)
      set(key, make(kind, name))
      return h => c.mapSetXml(h, key, kind, name)
    }
    const value = plain(random)
    set(key, value)
    return h => c.mapSet(h, key, value)
  }

  editList (random, y) {
    const { c } = this
    const index = random.below(y.length + 1)
    if (random.chance(0.3)) {
      const count = Math.min(y.length - index, random.below(4))
      y.delete(index, count)
      return h => c.arrayDelete(h, index, count)
    }
    if (kindOf(y) === 'a' && random.chance(0.5)) {
      const values = [plain(random), plain(random)]
      if (random.chance(0.5)) {
        y.push(values)
        return h => c.arrayPush(h, values)
      }
      y.insert(index, values)
      return h => c.arrayInsert(h, index, values)
    }
    const kind = random.pick(kindOf(y) === 'a' ? kinds : ['e', 'e', 'x', 'h', 't'])
    const name = nameFor(random, kind)
    const first = y.length > 0 ? y.get(0) : null
    if (kindOf(y) !== 'a' && random.chance(0.3) && (first === null || first instanceof Y.AbstractType)) {
      y.insertAfter(first, [make(kind, name)])
      return async h => c.xmlInsertAfter(h, first && await c.arrayGetType(h, 0), kind, name)
    }
    y.insert(index, [make(kind, name)])
    return h => c.xmlInsert(h, index, kind, name)
  }

  editOne (random, y) {
    const kind = kindOf(y)
    if (kind === 'm' || kind === 'h') {
      if (random.chance(0.05)) {
        y.clear()
        return h => this.c.mapClear(h)
      }
      return this.editKeys(random, y, (k, v) => y.set(k, v), k => y.delete(k))
    }
    if (kind !== 'a' && kind !== 'f' && random.chance(0.2)) {
      return this.editKeys(random, y, (k, v) => y.setAttribute(k, v), k => y.removeAttribute(k))
    }
    return rich.includes(kind) ? this.editText(random, y) : this.editList(random, y)
  }

  async edit (random) {
    const before = this.updates.length
    const edits = []
    this.y.transact(() => {
      for (let i = 1 + random.below(3); i > 0; i--) {
        const { type, handle, steps } = this.find(random)
        edits.push([handle, steps, this.narrow ? this.editFormats(random, type) : this.editOne(random, type)])
      }
    })
    await this.c.begin()
    for (const [handle, steps, edit] of edits) await edit(await this.resolve(handle, steps))
    const ours = await this.c.commit()
    const theirs = this.updates.length > before ? this.updates.at(-1) : Buffer.alloc(0)
    equal(ours, theirs, 'the update of a local transaction')
    return theirs
  }

  async compare (what) {
    equal(await this.c.encode(), Y.encodeStateAsUpdate(this.y), what)
    for (const [type, handle] of this.roots) {
      const kind = kindOf(type)
      if (rich.includes(kind)) {
        let delta
        try { delta = deltaOf(type) } catch { continue }
        const ours = await this.c.delta(handle)
        const nested = type.toDelta().some(op => op.insert instanceof Y.AbstractType)
        if (!nested) assert.equal(ours, delta, `${what}: delta of ${kind}`)
        assert.deepEqual(JSON.parse(ours), JSON.parse(delta), `${what}: delta of ${kind}`)
      }
      if (kind !== 'a' && kind !== 'm') {
        let text
        try { text = type.toString() } catch { continue } // Yjs prints no null
        assert.equal(await this.c.xmlString(handle), text, `${what}: toString of ${kind}`)
      }
    }
  }
}

// An update of others: what was tidied up comes of it as an update on both sides.
async function take (client, update) {
  const before = client.updates.length
  Y.applyUpdate(client.y, update, 'remote')
  await client.c.apply(update)
  const theirs = client.updates.length > before ? client.updates.at(-1) : Buffer.alloc(0)
  equal(await client.c.tidied(), theirs, 'what is tidied up')
  return theirs
}

async function together (driver, seed, narrow = false) {
  const random = new Random(seed)
  const count = 2 + random.below(3)
  const gc = random.chance(0.8)
  const clients = []
  for (let i = 0; i < count; i++) clients.push(new Client(driver, i, 1 + i * 1000 + random.below(1000), gc))
  for (const client of clients) {
    client.narrow = narrow
    await client.start()
  }
  const inboxes = clients.map(() => [])
  const send = (update, from) => {
    if (update.length > 0) inboxes.forEach((inbox, j) => { if (j !== from) inbox.push(update) })
  }
  for (let step = 0; step < operations; step++) {
    const i = random.below(count)
    if (random.chance(0.4) || inboxes[i].length === 0) {
      send(await clients[i].edit(random), i)
    } else if (random.chance(0.2)) {
      const from = clients[random.below(count)]
      send(await take(clients[i], Y.encodeStateAsUpdate(from.y, Y.encodeStateVector(clients[i].y))), i)
    } else {
      const some = inboxes[i].splice(0, 1 + random.below(4))
      if (random.chance(0.5)) send(await take(clients[i], Y.mergeUpdates(some)), i)
      else for (const update of some) send(await take(clients[i], update), i)
    }
    await clients[i].compare(`step ${step}`)
  }
  for (let round = 0; round < 3; round++) {
    for (const client of clients) {
      for (const from of clients) {
        await take(client, Y.encodeStateAsUpdate(from.y, Y.encodeStateVector(client.y)))
        await client.compare('in the end')
      }
    }
  }
}

async function alone (driver, seed) {
  const random = new Random(seed)
  const client = new Client(driver, 0, 1 + random.below(2 ** 32 - 1), random.chance(0.7))
  await client.start()
  for (let step = 0; step < operations; step++) {
    await client.edit(random)
    await client.compare(`step ${step}`)
  }
}

seededTest('formatted text and XML of one client', { sessions: 40, budgetMs: 10000 }, alone)
seededTest('formatted text and XML of several clients', { sessions: 40, budgetMs: 15000 }, together)
seededTest('formats of several clients that overlap', { sessions: 40, budgetMs: 10000 },
  (driver, seed) => together(driver, seed, true))
