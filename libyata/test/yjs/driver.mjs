// SPDX-License-Identifier: MIT
// Talks to the yata-driver executable: documents of libyata, by number.
import { spawn } from 'node:child_process'
import { env } from 'node:process'

const u32 = n => {
  const b = Buffer.alloc(4)
  b.writeUInt32LE(n)
  return b
}
const u64 = n => {
  const b = Buffer.alloc(8)
  b.writeBigUInt64LE(BigInt(n))
  return b
}
const sized = data => {
  const b = Buffer.from(data)
  return Buffer.concat([u32(b.length), b])
}

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
    this.input = Buffer.alloc(0)
    this.child.stdout.on('data', data => this.take(data))
    this.child.on('exit', code => {
      for (const { reject } of this.waiting) reject(new Error(`driver exited with ${code}`))
      this.waiting = []
    })
  }

  take (data) {
    this.input = this.input.length === 0 ? data : Buffer.concat([this.input, data])
    while (this.input.length >= 4) {
      const len = this.input.readUInt32LE()
      if (this.input.length < 4 + len) return
      const answer = this.input.subarray(4, 4 + len)
      this.input = this.input.subarray(4 + len)
      const { op, resolve, reject } = this.waiting.shift()
      const status = answer.readInt32LE()
      if (status < 0) reject(new YataError(op, status))
      else resolve(Buffer.from(answer.subarray(4)))
    }
  }

  call (op, doc, ...parts) {
    const body = Buffer.concat([Buffer.from(op), Buffer.from([doc]), ...parts])
    this.child.stdin.write(Buffer.concat([u32(body.length), body]))
    return new Promise((resolve, reject) => this.waiting.push({ op, resolve, reject }))
  }

  close () {
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

  updateStateVector (update) {
    return this.call('U', 0, sized(update))
  }
}

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

  async apply (update) {
    const b = await this.call('a', sized(update))
    return { changed: b.readUInt32LE() === 1, pending: b.readUInt32LE(4) === 1 }
  }

  async apply2 (update) {
    const b = await this.call('2', sized(update))
    return { changed: b.readUInt32LE() === 1, pending: b.readUInt32LE(4) === 1 }
  }

  stateVector () { return this.call('s') }
  encode (sv) { return sv ? this.call('e', sized(sv)) : this.call('e') }
  async json () { return JSON.parse((await this.call('j')).toString()) }
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
}
