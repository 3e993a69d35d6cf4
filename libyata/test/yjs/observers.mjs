// SPDX-License-Identifier: MIT
// Observers of a peer's two documents: types, deep, transactions with their sub-documents, updates.
import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import * as Y from 'yjs'
import { kindOf } from './edits.mjs'
import { canonical, plain } from './snapshots.mjs'

const hex = bytes => Buffer.from(bytes).toString('hex')
const isText = type => 'tx'.includes(kindOf(type))

const byKey = ([a], [b]) => a < b ? -1 : 1

// Yjs deletes formats that it finds to be redundant while it makes a delta, if somebody asks for one. libyata leaves the
// document as it is when it is read, so Yjs must, too: they are deleted until the delta is made.
const readOnly = read => {
  const { delete: own } = Y.Item.prototype
  const redundant = []
  Y.Item.prototype.delete = function () {
    if (!this.deleted) redundant.push(this)
    this.markDeleted()
  }
  try {
    return read()
  } finally {
    Y.Item.prototype.delete = own
    for (const item of redundant) item.deleted = false
  }
}

// What yjs says of an event.
export const theirs = event => {
  const { delta, keys } = readOnly(() => event.changes)
  return {
    path: event.path,
    keys: [...keys].map(([key, { action, oldValue }]) =>
      [key, { action, old: plain(action === 'add' ? undefined : oldValue) }]).sort(byKey),
    delta: delta.map(op => {
      const same = { ...op }
      if ('insert' in op) same.insert = plain(op.insert)
      if ('attributes' in op) same.attributes = plain(op.attributes)
      return same
    })
  }
}

// Yjs leaves embeds that are no objects out of the deltas of events.
const isObject = v => typeof v === 'object' && !['$bigint', '$number', '$undefined'].includes(Object.keys(v)[0])
const objectsAlone = delta => {
  const told = delta.filter(op => op.kind !== 'insert' || isObject(op.values[0] ?? {}))
  while (told.at(-1)?.kind === 'retain' && Object.keys(told.at(-1).attributes).length === 0) told.pop()
  return told
}

// The same of what libyata logged.
export const ours = ({ path, keys, delta, text }) => ({
  path,
  keys: Object.entries(keys).sort(byKey),
  delta: (text ? objectsAlone(delta) : delta).map(op => {
    const same = {}
    if (op.kind !== 'insert') same[op.kind] = op.len
    else if (!text) same.insert = op.values
    else same.insert = op.values.length > 0 ? op.values[0] : op.text
    if (Object.keys(op.attributes).length > 0) same.attributes = op.attributes
    return same
  })
})

const joined = event => {
  const delta = []
  for (const op of event.delta) {
    const last = delta.at(-1)
    const joins = op.retain && last?.retain && isDeepStrictEqual(op.attributes, last.attributes)
    if (joins) delta[delta.length - 1] = { ...last, retain: last.retain + op.retain }
    else delta.push(op)
  }
  return { ...event, delta }
}

/**
 * How to compare what libyata logged with what yjs says. Halves of torn pairs are retained by operations of their own,
 * which yjs has not: then what is retained is joined on both sides.
 */
export const alike = logged => {
  const torn = logged.some(({ text, delta }) => text && delta.some(op => op.kind === 'retain' && op.text !== ''))
  return torn ? { told: e => joined(ours(e)), said: joined } : { told: ours, said: e => e }
}

const sorted = list => list.map(e => JSON.stringify(e)).sort().map(s => JSON.parse(s))

// ---- positions ------------------------------------------------------------------------------

// A text's units; an embed is null.
const unitsOf = type => {
  const units = []
  for (let item = type._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue
    if (item.content instanceof Y.ContentString) units.push(...item.content.str.split(''))
    else for (let i = 0; i < item.length; i++) units.push(null)
  }
  return units
}
const textOf = units => units.filter(unit => unit !== null).join('')
const cutsPair = (units, at) => at > 0 && at < units.length &&
  /^[\ud800-\udbff][\udc00-\udfff]$/.test(units[at - 1] + units[at])
// The text of a part; a pair is where its first half is.
const textIn = (units, from, to) => textOf(units.slice(from + cutsPair(units, from), to + cutsPair(units, to)))
const bytesIn = (units, from, to) => Buffer.byteLength(textIn(units, from, to))

// The old text with the delta applied, and what was deleted.
function apply (delta, before) {
  const built = []
  const deleted = []
  let at = 0
  for (const op of delta) {
    if (op.kind === 'insert') {
      built.push(...(op.values.length > 0 ? [null] : op.text.split('')))
    } else {
      (op.kind === 'retain' ? built : deleted).push(...before.slice(at, at + op.len))
      at += op.len
    }
  }
  return [[...built, ...before.slice(at)], deleted]
}

// The old text in UTF-8 with the delta applied.
function applyBytes (delta, before) {
  let bytes = Buffer.from(textOf(before))
  for (const op of delta) {
    if (op.kind === 'retain' && op.text === '') continue
    const removed = op.kind === 'insert' ? 0 : op.bytes
    assert.ok(op.newByte + removed <= bytes.length)
    const added = Buffer.from(op.kind === 'delete' ? '' : op.text)
    bytes = Buffer.concat([bytes.subarray(0, op.newByte), added, bytes.subarray(op.newByte + removed)])
  }
  return bytes.toString()
}

// Positions in both units, of the old text and of the new one. A pair of surrogates that was torn was where its first
// half is.
function checkPositions (delta, before, after) {
  const [built, deleted] = apply(delta, before)
  const said = delta.filter(({ kind }) => kind === 'delete').map(({ text }) => text).join('')
  const whole = units => textOf(units).replace(/[\ud800-\udfff\ufffd]/g, '')
  assert.equal(built.length, after.length)
  assert.equal(whole(built), whole(after))
  assert.equal(whole(said.split('')), whole(deleted))
  assert.equal(applyBytes(delta, before), Buffer.from(textOf(after)).toString())
  if (textOf(built) !== textOf(after) || textOf(deleted) !== said) return
  let oldIndex = 0
  let newIndex = 0
  for (const op of delta) {
    const part = op.kind === 'insert' ? [after, newIndex, newIndex + op.len] : [before, oldIndex, oldIndex + op.len]
    assert.deepEqual([op.oldIndex, op.newIndex, op.oldByte, op.newByte, op.bytes],
      [oldIndex, newIndex, bytesIn(before, 0, oldIndex), bytesIn(after, 0, newIndex), bytesIn(...part)])
    if (op.kind !== 'retain') assert.equal(op.text, textIn(...part))
    if (op.kind !== 'insert') oldIndex += op.len
    if (op.kind !== 'delete') newIndex += op.len
  }
}

// ---- observers ------------------------------------------------------------------------------

const order = ['type', 'deep', 'txn', 'update', 'updateV2']
// Yjs makes a transaction to compute a text's delta, and others that change nothing: they are left out.
const tells = e => e.what !== 'txn' || e.deleted.length > 0 || JSON.stringify(e.before) !== JSON.stringify(e.after)

// Yjs destroys what was removed, and then says once more that it was.
const subdocsOf = list => [...new Set(list.flatMap(c => c[0] === 'u' ? [`a${c.slice(1)}`, `r${c.slice(1)}`] : [c]))].sort()

export class Observers {
  constructor (peer) {
    this.peer = peer
    this.log = []
    this.subdocs = []
    this.names = 0
    peer.observed = true
  }

  async start () {
    const { y, c, roots } = this.peer
    for (const { type, handle } of roots) this.observe(type, handle)
    await c.observeAll()
    y.on('afterTransaction', txn => this.log.push({
      what: 'txn',
      local: txn.local,
      before: Object.fromEntries(txn.beforeState),
      after: Object.fromEntries(txn.afterState),
      deleted: [...txn.deleteSet.clients].sort((a, b) => b[0] - a[0])
        .flatMap(([client, ranges]) => ranges.map(r => [client, r.clock, r.len]))
    }))
    y.on('update', update => this.log.push({ what: 'update', bytes: hex(update) }))
    y.on('updateV2', update => this.log.push({ what: 'updateV2', bytes: hex(update) }))
    y.on('subdocs', ({ added, loaded, removed }) => this.subdocs.push(
      ...[...added].map(d => `a ${d.guid}`), ...[...loaded].map(d => `l ${d.guid}`), ...[...removed].map(d => `r ${d.guid}`)))
  }

  observe (type, handle) {
    const name = `${this.names++}`
    this.peer.expect(this.peer.c.observe(handle, name), 'observe')
    let units = isText(type) ? unitsOf(type) : null
    // Pairs may also be torn without an event.
    if (units !== null) this.peer.y.on('beforeAllTransactions', () => { units = unitsOf(type) })
    type.observe(event => {
      const texts = units === null ? null : [units, units = unitsOf(type)]
      this.log.push({ what: 'type', name, events: [canonical(theirs(event))], texts })
    })
    type.observeDeep(events => this.log.push({ what: 'deep', name, events: canonical(events.map(theirs)) }))
  }

  // What happened since it was asked last. Between observers of one kind there is no order.
  compare (random) {
    const { peer } = this
    if (random.chance(0.15) && this.names < 30) {
      const { type, handle, steps } = peer.find(random)
      this.observe(type, peer.placed(handle, steps))
    }
    const { log, subdocs } = this
    this.log = []
    this.subdocs = []
    peer.expect(peer.c.log(), 'what observers were told', logged => {
      const told = logged.filter(tells)
      const said = log.filter(tells)
      const rank = e => order.indexOf(e.what)
      assert.ok(told.every((e, i) => i === 0 || rank(told[i - 1]) <= rank(e) || rank(told[i - 1]) > 1), 'the order')
      const tell = list => sorted(list.map(({ what, name, events, time, texts, subdocs, ...rest }) =>
        events ? { what, name, events: sorted(events) } : { what, ...rest }))
      const as = alike(told.flatMap(({ events }) => events ?? []))
      const each = (list, read) => list.map(e => e.events ? { ...e, events: e.events.map(read) } : e)
      assert.deepEqual(tell(each(told, as.told)), tell(each(said, as.said)))
      assert.deepEqual(subdocsOf(logged.flatMap(e => e.subdocs ?? [])), subdocsOf(subdocs), 'sub-documents')
      const types = list => list.filter(({ what }) => what === 'type')
      for (const { name } of types(said).filter(({ texts }) => texts !== null)) {
        types(said).filter(e => e.name === name).forEach(({ texts }, i) =>
          checkPositions(types(told).filter(e => e.name === name)[i].events[0].delta, ...texts))
      }
    })
  }
}
