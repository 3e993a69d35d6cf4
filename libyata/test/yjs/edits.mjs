// SPDX-License-Identifier: MIT
// What a session can do to a shared type: each edit is made in yjs and asked of libyata at once, and returns
// the promise of libyata's answer (or nothing, where yjs does nothing). To add a kind of edit, add to the list.
import * as Y from 'yjs'

const words = ['a', 'b', 'hello ', 'wörld', '😀', '👩‍👩‍👧', '\n', 'x'.repeat(40), '漢字', 'é']
const keys = ['k', 'key', '', '😀', 'class', '10', 'a longer key']
const names = ['p', 'DIV', 'UL', 'h1']
const kinds = ['t', 'm', 'a', 'e', 'f', 'h', 'x']

// Each time its own objects: Yjs compares some values by identity.
const attribute = random => random.pick([
  () => true, () => null, () => null, () => 'red', () => 1.5, () => ({ href: 'x' }), () => ({ b: 1, a: 'é"' }),
  () => ({ a: 'é"', b: 1 }), () => [1, 'two'], () => ({ deep: { er: [] } }), () => ''
])()
const attributes = random => Object.fromEntries(Array.from({ length: random.below(3) },
  () => [random.pick(['bold', 'em', 'color', '1', '0', 'link']), attribute(random)]))
const maybeAttributes = random => random.chance(0.3) ? undefined : attributes(random)
// Not -0: libyata keeps embeds as JSON text, which has none.
const embed = random => random.pick([
  () => ({ image: 'x.png' }), () => ({}), () => ({ n: [1e21, 1e-7, 0, 0.1] }), () => 5, () => [true], () => false
])()
const values = [null, true, false, 0, -0, 1, -1, 63, 64, -64, 2147483647, 2147483648, 0.5, 0.1, 1e300, NaN, '', 'text',
  '😀', [], [1, 'two', [3]], {}, { a: { b: [null] } }, new Uint8Array([1, 2, 3]), new Uint8Array(0)]
const mapValues = [...values, 10n, -1n, undefined]

const make = (kind, name) => ({
  t: () => new Y.Text(),
  m: () => new Y.Map(),
  a: () => new Y.Array(),
  e: () => new Y.XmlElement(name),
  f: () => new Y.XmlFragment(),
  h: () => new Y.XmlHook(name),
  x: () => new Y.XmlText()
})[kind]()

export const kindOf = type => type instanceof Y.XmlText ? 'x'
  : type instanceof Y.Text ? 't'
  : type instanceof Y.XmlHook ? 'h'
  : type instanceof Y.Map ? 'm'
  : type instanceof Y.XmlElement ? 'e'
  : type instanceof Y.XmlFragment ? 'f' : 'a'

const kindAndName = (random, from) => {
  const kind = random.pick(from)
  return [kind, kind === 'e' || kind === 'h' ? random.pick(names) : undefined]
}

const position = (random, y) => random.below(y.length + 1)
const span = (random, y, most) => {
  const index = position(random, y)
  return [index, Math.min(y.length - index, random.below(random.chance(0.1) ? most * 8 : most))]
}
const holds = (y, key) => y._map.has(key) && !y._map.get(key).deleted
const setKey = (y, key, value) => kindOf(y) === 'm' || kindOf(y) === 'h' ? y.set(key, value) : y.setAttribute(key, value)
const removeKey = (y, key) => kindOf(y) === 'm' || kindOf(y) === 'h' ? y.delete(key) : y.removeAttribute(key)

const delta = random => Array.from({ length: 1 + random.below(5) }, () => {
  switch (random.below(5)) {
    case 0: return { retain: random.below(10), attributes: maybeAttributes(random) }
    case 1: return { delete: random.below(6) }
    case 2: return { insert: embed(random), attributes: maybeAttributes(random) }
    case 3: return { retain: random.below(10) }
    default: return { insert: random.pick(words), attributes: maybeAttributes(random) }
  }
})

// of: kinds of types (t text, m map, a array, e element, f fragment, h hook, x XML text).
const list = [{
  of: 'tx',
  weight: 10,
  run (random, y, c, h) {
    const index = position(random, y)
    const text = random.pick(words)
    y.insert(index, text)
    return c.insertText(h, index, text)
  }
}, {
  of: 'tx',
  weight: 6,
  run (random, y, c, h) {
    const [index, count] = span(random, y, 6)
    y.delete(index, count)
    return c.deleteText(h, index, count)
  }
}, {
  of: 'tx',
  weight: 2,
  formatting: true,
  run (random, y, c, h) {
    const index = position(random, y)
    const text = random.pick(words)
    const given = attributes(random)
    y.insert(index, text, structuredClone(given))
    return c.insertFormatted(h, index, text, given)
  }
}, {
  of: 'tx',
  weight: 3,
  formatting: true,
  run (random, y, c, h) {
    const [index, count] = span(random, y, 8)
    const given = attributes(random)
    y.format(index, count, structuredClone(given))
    return c.format(h, index, count, given)
  }
}, {
  of: 'tx',
  weight: 1,
  formatting: true,
  run (random, y, c, h) {
    const index = position(random, y)
    const value = embed(random)
    const given = maybeAttributes(random)
    y.insertEmbed(index, structuredClone(value), given && structuredClone(given))
    return c.insertEmbed(h, index, value, given)
  }
}, {
  of: 'tx',
  weight: 1,
  formatting: true,
  run (random, y, c, h) {
    const index = position(random, y)
    const [kind, name] = kindAndName(random, kinds)
    const given = maybeAttributes(random)
    y.insertEmbed(index, make(kind, name), given && structuredClone(given))
    return c.insertTypeEmbed(h, index, kind, name, given)
  }
}, {
  of: 'tx',
  weight: 2,
  formatting: true,
  run (random, y, c, h) {
    const ops = delta(random)
    if (y._start === null) ops.unshift({ insert: 'a' }) // Yjs cannot delete from what was always empty
    y.applyDelta(structuredClone(ops))
    return c.applyDelta(h, ops)
  }
}, {
  of: 'mhex',
  weight: 4,
  run (random, y, c, h) {
    const key = random.pick(keys)
    const value = random.pick(mapValues)
    setKey(y, key, value)
    return c.mapSet(h, key, value)
  }
}, {
  of: 'mhex',
  weight: 2,
  run (random, y, c, h) {
    const key = random.pick(keys)
    const [kind, name] = kindAndName(random, kinds)
    setKey(y, key, make(kind, name))
    return c.mapSetXml(h, key, kind, name)
  }
}, {
  of: 'mhex',
  weight: 2,
  run (random, y, c, h) {
    const key = random.pick(keys)
    const had = holds(y, key)
    removeKey(y, key)
    if (had) return c.mapDelete(h, key)
  }
}, {
  of: 'mh',
  weight: 0.3,
  run (random, y, c, h) {
    y.clear()
    return c.mapClear(h)
  }
}, {
  of: 'a',
  weight: 5,
  run (random, y, c, h) {
    const index = position(random, y)
    const some = Array.from({ length: 1 + random.below(4) }, () => random.pick(values))
    y.insert(index, some)
    return c.arrayInsert(h, index, some)
  }
}, {
  of: 'a',
  weight: 1,
  run (random, y, c, h) {
    const some = [random.pick(values), random.pick(values)]
    y.push(some)
    return c.arrayPush(h, some)
  }
}, {
  of: 'a',
  weight: 3,
  run (random, y, c, h) {
    const index = position(random, y)
    const [kind, name] = kindAndName(random, kinds)
    y.insert(index, [make(kind, name)])
    return c.xmlInsert(h, index, kind, name)
  }
}, {
  of: 'ef',
  weight: 4,
  run (random, y, c, h) {
    const index = position(random, y)
    const [kind, name] = kindAndName(random, ['e', 'e', 'x', 'h', 't'])
    y.insert(index, [make(kind, name)])
    return c.xmlInsert(h, index, kind, name)
  }
}, {
  of: 'ef',
  weight: 1,
  run (random, y, c, h) {
    const first = y.length > 0 ? y.get(0) : null
    if (first !== null && !(first instanceof Y.AbstractType)) return
    const [kind, name] = kindAndName(random, ['e', 'x', 'h'])
    const after = first === null ? null : c.place(1, h, [0])
    y.insertAfter(first, [make(kind, name)])
    const done = c.xmlInsertAfter(h, after && after.place, kind, name)
    return after === null ? done : Promise.all([after.done, done])
  }
}, {
  of: 'am',
  weight: 0.6,
  run (random, y, c, h) {
    const options = { guid: `sub-${random.below(9)}`, meta: random.pick([null, { a: 1 }]) }
    const list = y instanceof Y.Array
    const at = list ? position(random, y) : random.pick(keys)
    if (list) y.insert(at, [new Y.Doc(options)])
    else y.set(at, new Y.Doc(options))
    return c.makeSubdoc(h, at, options)
  }
}, {
  of: 'aef',
  weight: 4,
  run (random, y, c, h) {
    const [index, count] = span(random, y, 4)
    y.delete(index, count)
    return c.arrayDelete(h, index, count)
  }
}]

const tables = {}
for (const kind of kinds) {
  for (const formatting of [false, true]) {
    const fit = list.filter(edit => edit.of.includes(kind) && (formatting || !edit.formatting))
    const sum = fit.reduce((total, edit) => total + edit.weight, 0)
    tables[kind + formatting] = { fit, sum }
  }
}

/** A random edit for a kind of type. */
export const pickEdit = (random, kind, formatting) => {
  const { fit, sum } = tables[kind + formatting]
  let at = random.next() * sum
  return fit.find(edit => (at -= edit.weight) < 0) ?? fit.at(-1)
}
