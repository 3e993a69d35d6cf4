// SPDX-License-Identifier: MIT
// A workload as bytes, for native.c: all numbers 32 bits, little-endian, but for those of values.
const u32 = n => {
  const b = Buffer.alloc(4)
  b.writeUInt32LE(n)
  return b
}
const text = s => {
  const b = Buffer.from(s)
  return [u32(b.length), b]
}

function value (v) {
  if (typeof v === 'string') return [Buffer.from('s'), ...text(v)]
  if (typeof v === 'number') {
    const b = Buffer.alloc(9, 'n')
    b.writeDoubleLE(v, 1)
    return [b]
  }
  const entries = Object.entries(v)
  return [Buffer.from('o'), u32(entries.length), ...entries.flatMap(([key, inner]) => [...text(key), ...value(inner)])]
}

function edit ([kind, ...args]) {
  const head = Buffer.from(kind)
  switch (kind) {
    case 't': return [head, u32(args[0]), ...text(args[1])]
    case 'x': return [head, u32(args[0]), u32(args[1])]
    case 'a': return [head, u32(args[0]), u32(args[1].length), ...args[1].flatMap(value)]
    default: return [head, ...text(args[0]), ...value(args[1])]
  }
}

const transaction = ({ doc, take = [], edits }) =>
  [u32(doc), u32(take.length), ...take.map(u32), u32(edits.length), ...edits.flatMap(edit)]

// Mode, documents, whether the first transaction is the shared one, transactions.
export function encodeScript ({ mode, docs, shared, transactions }) {
  const all = shared ? [{ doc: 0, edits: shared }, ...transactions] : transactions
  return Buffer.concat([Buffer.from(mode === 'exchange' ? 'x' : mode[0]), u32(docs), u32(shared ? 1 : 0), u32(all.length), ...all.flatMap(transaction)])
}
