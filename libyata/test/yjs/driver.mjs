// SPDX-License-Identifier: MIT
// Talks to the yata-driver executable: documents of libyata, by number.
import { spawn } from 'node:child_process'
import { env } from 'node:process'

export const u32 = n => {
  const b = Buffer.alloc(4)
  b.writeUInt32LE(n)
  return b
}
export const u64 = n => {
  const b = Buffer.alloc(8)
  b.writeBigUInt64LE(BigInt(n))
  return b
}
export const sized = data => {
  const b = Buffer.from(data)
  return Buffer.concat([u32(b.length), b])
}

const pair = b => [b.readUInt8() === 1, b.subarray(1)]

const applied = b => ({ changed: b.readUInt32LE() === 1, pending: b.readUInt32LE(4) === 1 })

const encodeValue = v => {
  if (v === null) return Buffer.from('z')
  switch (typeof v) {
    case 'undefined': return Buffer.from('u')
    case 'boolean': return Buffer.from(['b'.charCodeAt(0), v ? 1 : 0])
    case 'string': return Buffer.concat([Buffer.from('s'), sized(v)])
    case 'bigint': {
      const b = Buffer.alloc(9, 'i')
      b.writeBigInt64LE(v, 1)
      return b
    }
    case 'number': {
      const b = Buffer.alloc(9, 'n')
      b.writeDoubleLE(v, 1)
      return b
    }
    default:
  }
  if (v instanceof Uint8Array) return Buffer.concat([Buffer.from('B'), sized(v)])
  if (Array.isArray(v)) {
    return Buffer.concat([Buffer.from('a'), u32(v.length), ...v.map(encodeValue)])
  }
  const entries = Object.entries(v)
  return Buffer.concat([Buffer.from('o'), u32(entries.length),
    ...entries.flatMap(([key, value]) => [sized(key), encodeValue(value)])])
}

export class YataError extends Error {
  constructor (op, status) {
    super(`yata: ${op} returned ${status}`)
    this.status = status
  }
}

// One driver process. Requests are answered in order.
export class Driver {
  constructor (path = env.YATA_DRIVER) {
    if (!path) throw new Error('YATA_DRIVER must name the yata-driver executable')
    this.child = spawn(path, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.waiting = []
    this.input = []
    this.inputLength = 0
    this.output = []
    this.child.stdout.on('data', data => this.take(data))
    this.child.on('exit', code => {
      for (const { reject } of this.waiting) reject(new Error(`driver exited with ${code}`))
      this.waiting = []
    })
  }

  take (data) {
    this.input.push(data)
    this.inputLength += data.length
    if (this.inputLength < 4) return
    let all = this.input[0]
    if (this.input.length > 1) {
      if (all.length >= 4 && this.inputLength < 4 + all.readUInt32LE()) return
      all = Buffer.concat(this.input)
    }
    let at = 0
    while (all.length - at >= 4) {
      const len = all.readUInt32LE(at)
      if (all.length - at < 4 + len) break
      const { op, resolve, reject } = this.waiting.shift()
      const status = all.readInt32LE(at + 4)
      if (status < 0) reject(new YataError(op, status))
      else resolve(all.subarray(at + 8, at + 4 + len))
      at += 4 + len
    }
    this.input = at < all.length ? [all.subarray(at)] : []
    this.inputLength = all.length - at
  }

  // Requests are sent together at the end of a turn: they need not wait for one another.
  call (op, doc, ...parts) {
    const length = parts.reduce((sum, part) => sum + part.length, 2 + op.length)
    if (this.output.length === 0) queueMicrotask(() => this.flush())
    this.output.push(u32(length), Buffer.from([op.length]), Buffer.from(op), Buffer.from([doc]), ...parts)
    return new Promise((resolve, reject) => this.waiting.push({ op, resolve, reject }))
  }

  flush () {
    if (this.output.length === 0) return
    this.child.stdin.write(Buffer.concat(this.output))
    this.output = []
  }

  close () {
    this.flush()
    this.child.stdin.end()
    return new Promise(resolve => this.child.on('exit', resolve))
  }

  merge (updates) {
    return this.call('M', 0, u32(updates.length), ...updates.map(sized))
  }

  diff (update, sv) {
    return this.call('D', 0, sized(update), sized(sv))
  }

  toVersion1 (update) {
    return this.call('C', 0, sized(update))
  }

  merge2 (updates) {
    return this.call('merge2', 0, u32(updates.length), ...updates.map(sized))
  }

  diff2 (update, sv) { return this.call('diff2', 0, sized(update), sized(sv)) }
  toVersion2 (update) { return this.call('to2', 0, sized(update)) }
  updateStateVector2 (update) { return this.call('sv2', 0, sized(update)) }
  intersect (update, ids) { return this.call('intersect', 0, sized(update), sized(ids)) }
  intersect2 (update, ids) { return this.call('intersect2', 0, sized(update), sized(ids)) }
  async detect (update) { return (await this.call('detect', 0, sized(update))).readUInt32LE() }

  updateStateVector (update) {
    return this.call('U', 0, sized(update))
  }
}

/** The number as an origin of a document's undo manager, the nth. */
export const managerOrigin = n => 252 + n

// One document of a driver.
export class YataDoc {
  constructor (driver, number) {
    this.driver = driver
    this.number = number
  }

  create (clientID, gc = true) {
    return this.call('c', u64(clientID), Buffer.from([gc ? 0 : 1]))
  }

  call (op, ...parts) {
    return this.driver.call(op, this.number, ...parts)
  }

  async apply (update) { return applied(await this.call('a', sized(update))) }
  async apply2 (update) { return applied(await this.call('2', sized(update))) }

  stateVector () { return this.call('s') }
  encode (sv) { return sv ? this.call('e', sized(sv)) : this.call('e') }
  encode2 (sv) { return sv ? this.call('e2', sized(sv)) : this.call('e2') }
  commit2 () { return this.call('m2') }
  async json () { return JSON.parse((await this.call('j')).toString()) }
  // Remember the type reached by steps (a string: a map's key; a number: an array's index; { embed: index } in text) from a type
  // or a place. What it returns stands for that type in any request that follows, at once.
  place (n, from, steps = []) {
    const done = this.call('place', Buffer.from([n]), from, ...steps.flatMap(at =>
      typeof at === 'string'
        ? [Buffer.from('m'), sized(at)]
        : typeof at === 'number' ? [Buffer.from('a'), u32(at)] : [Buffer.from('e'), u32(at.embed)]))
    const place = Buffer.concat([u32(0xffffffff), u32(n)])
    return { place, done }
  }

  begin () { return this.call('b') }
  commit () { return this.call('m') }
  abort () { return this.call('A') }
  root (kind, name) { return this.call('r', Buffer.from(kind), sized(name)) }
  insertText (type, index, text) { return this.call('i', type, u32(index), Buffer.from(text)) }
  deleteText (type, index, count) { return this.call('x', type, u32(index), u32(count)) }
  async readText (type) { return (await this.call('T', type)).toString() }
  mapSet (type, key, value) { return this.call('k', type, sized(key), encodeValue(value)) }
  mapSetType (type, key, kind) { return this.call('K', type, sized(key), Buffer.from(kind)) }
  mapGetType (type, key) { return this.call('g', type, sized(key)) }
  mapDelete (type, key) { return this.call('d', type, sized(key)) }
  arrayInsert (type, index, values) {
    return this.call('v', type, u32(index), u32(values.length), ...values.map(encodeValue))
  }

  arrayInsertType (type, index, kind) { return this.call('V', type, u32(index), Buffer.from(kind)) }
  arrayGetType (type, index) { return this.call('G', type, u32(index)) }
  arrayDelete (type, index, count) { return this.call('w', type, u32(index), u32(count)) }

  // ---- events -------------------------------------------------------------------------------

  // Log what happens to a type: its events, those below it, or both.
  observe (type, name) { return this.call('observe', type, sized(name)) }
  // Log transactions and updates.
  observeAll () { return this.call('observe all') }
  unobserve () { return this.call('unobserve') }
  // Transactions with an origin (a number below 256; 0: none) and a time.
  beginAs (origin, ms) { return this.call('begin as', Buffer.from([origin]), u64(ms)) }
  async applyAs (update, origin, ms) { return applied(await this.call('apply as', Buffer.from([origin]), u64(ms), sized(update))) }
  async apply2As (update, origin, ms) { return applied(await this.call('apply2 as', Buffer.from([origin]), u64(ms), sized(update))) }

  // ---- undo: up to four managers a document ---------------------------------------------------

  // `skips`: what happens at times that it divides is not captured; 0: all is.
  undoNew (n, { timeout = 0, ignoreRemote = false, skips = 0, origins = [], scope = [] }) {
    return this.call('um new', Buffer.from([n]), u64(BigInt.asUintN(64, BigInt(timeout))),
      Buffer.from([ignoreRemote ? 1 : 0, skips, origins.length, ...origins]), ...scope)
  }

  // Whether there was a step, and the update.
  async undo (n, ms) { return pair(await this.call('um undo', Buffer.from([n]), u64(ms))) }
  async redo (n, ms) { return pair(await this.call('um redo', Buffer.from([n]), u64(ms))) }
  undoStop (n) { return this.call('um stop', Buffer.from([n])) }
  undoClear (n, undo, redo, ms) {
    return this.call('um clear', Buffer.from([n, undo ? 1 : 0, redo ? 1 : 0]), u64(ms))
  }

  async undoDepth (n) {
    const b = await this.call('um depth', Buffer.from([n]))
    return [b.readUInt32LE(), b.readUInt32LE(4)]
  }

  // What was logged since it was asked for last.
  async log () { return JSON.parse((await this.call('log')).toString()) }

  // ---- formatted text, XML -------------------------------------------------------------------

  // Attributes: an object, or undefined. `kind`: t, m, a, or of XML e (an
  // element), f (a fragment), h (a hook), x (text); `name` of elements and hooks.
  insertFormatted (type, index, text, attributes) {
    return this.call('insert with', type, u32(index), encodeValue(attributes), sized(text))
  }

  insertEmbed (type, index, embed, attributes) {
    return this.call('embed', type, u32(index), encodeValue(attributes), encodeValue(embed))
  }

  insertTypeEmbed (type, index, kind, name, attributes) {
    return this.call('embed type', type, u32(index), encodeValue(attributes), Buffer.from(kind), sized(name ?? ''))
  }

  format (type, index, count, attributes) {
    return this.call('format', type, u32(index), u32(count), encodeValue(attributes))
  }

  // Operations as Quill's; an `insert` that is { kind, name } makes a shared type.
  applyDelta (type, ops) {
    return this.call('delta', type, u32(ops.length), ...ops.flatMap(op => {
      const tail = [encodeValue(op.attributes)]
      if (op.retain !== undefined) return [Buffer.from('r'), ...tail, u32(op.retain)]
      if (op.delete !== undefined) return [Buffer.from('d'), ...tail, u32(op.delete)]
      if (typeof op.insert === 'string') return [Buffer.from('i'), ...tail, sized(op.insert)]
      if (op.insert.kind) {
        return [Buffer.from('t'), ...tail, Buffer.from(op.insert.kind), sized(op.insert.name ?? '')]
      }
      return [Buffer.from('e'), ...tail, encodeValue(op.insert)]
    }))
  }

  async delta (type) { return (await this.call('to delta', type)).toString() }

  // The same with values that JSON lacks, each an object of one member ($binary, $number, $bigint, $undefined).
  async runs (type) { return JSON.parse((await this.call('runs', type)).toString()) }
  // What the last update led to: the update of Yjs' tidying up, or nothing.
  tidied () { return this.call('tidied') }
  embedType (type, index) { return this.call('embedded', type, u32(index)) }
  xmlInsert (type, index, kind, name) {
    return this.call('xml insert', type, u32(index), Buffer.from(kind), sized(name ?? ''))
  }

  xmlInsertAfter (type, after, kind, name) {
    return this.call('xml insert after', type, after ?? Buffer.alloc(8), Buffer.from(kind), sized(name ?? ''))
  }

  mapSetXml (type, key, kind, name) {
    return this.call('map set xml', type, sized(key), Buffer.from(kind), sized(name ?? ''))
  }

  // A sub-document at a key (a string) or an index; as Y.Doc takes its options.
  makeSubdoc (type, at, { guid, gc = true, autoLoad = false, shouldLoad = true, meta }) {
    const place = typeof at === 'string'
      ? [Buffer.from('m'), sized(at)]
      : [Buffer.from('a'), u32(at)]
    const flags = Buffer.from([(gc ? 0 : 1) | (autoLoad ? 2 : 0) | (shouldLoad ? 0 : 4)])
    return this.call('make subdoc', type, ...place, sized(guid), flags, encodeValue(meta))
  }

  async subdocs () {
    const b = await this.call('subdocs')
    const list = []
    for (let at = 0; at < b.length;) {
      const end = at + 4 + b.readUInt32LE(at)
      const flags = b[end]
      list.push({ guid: b.subarray(at + 4, end).toString(), gc: !(flags & 1), autoLoad: !!(flags & 2), shouldLoad: !(flags & 4) })
      at = end + 1
    }
    return list
  }

  // By its place in the list of sub-documents.
  loadSubdoc (n) { return this.call('change subdoc', Buffer.from('l'), u32(n)) }
  unloadSubdoc (n) { return this.call('change subdoc', Buffer.from('u'), u32(n)) }
  watchSubdocs () { return this.call('watch subdocs') }
  // What happened to sub-documents of all that are watched: 'a guid' added, 'l guid' loaded, 'r guid' removed,
  // 'u guid' removed and added again.
  async subdocChanges () {
    const b = await this.call('subdoc changes')
    const list = []
    for (let at = 0; at < b.length;) {
      const end = at + 5 + b.readUInt32LE(at + 1)
      list.push(`${String.fromCharCode(b[at])} ${b.subarray(at + 5, end)}`)
      at = end
    }
    return list
  }

  async xmlString (type) { return (await this.call('xml string', type)).toString() }
  async typeJson (type) { return (await this.call('type json', type)).toString() }
  arrayPush (type, values) { return this.call('push', type, u32(values.length), ...values.map(encodeValue)) }
  mapClear (type) { return this.call('clear', type) }
  parent (type) { return this.call('parent', type) }
  firstChild (type) { return this.call('first child', type) }
  nextSibling (type) { return this.call('next sibling', type) }
  prevSibling (type) { return this.call('prev sibling', type) }
}
