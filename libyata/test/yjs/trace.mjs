// SPDX-License-Identifier: MIT
// node trace.mjs TRACE.json.gz OUT YATA: types a trace of an editing session in yjs, writes OUT.update
// (the whole state), OUT.v2 (the same in version 2), OUT.rows (each update behind its length) and OUT.script (the
// edits), and times yjs beside the yata tool on them, in turns, so that both see the same machine.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { argv, exit } from 'node:process'
import { gunzipSync } from 'node:zlib'
import * as Y from 'yjs'

const [, , trace, out, yata] = argv
if (!yata) {
  console.error('usage: node trace.mjs TRACE.json.gz OUT YATA')
  exit(2)
}
const { txns, endContent } = JSON.parse(gunzipSync(readFileSync(trace)))
const doc = new Y.Doc()
doc.clientID = 1
const text = doc.getText('text')
const updates = []
doc.on('update', update => updates.push(update))
const type = text => {
  for (const { patches } of txns) {
    for (const [at, removed, inserted] of patches) {
      if (removed > 0) text.delete(at, removed)
      if (inserted.length > 0) text.insert(at, inserted)
    }
  }
}
type(text)
if (text.toString() !== endContent) throw new Error('the trace ends in another text')

const varUint = n => {
  const bytes = []
  for (; n > 127; n = Math.floor(n / 128)) bytes.push(n % 128 | 128)
  return Buffer.from([...bytes, n])
}
const whole = Y.encodeStateAsUpdate(doc)
const whole2 = Y.encodeStateAsUpdateV2(doc)
writeFileSync(`${out}.update`, whole)
writeFileSync(`${out}.v2`, whole2)
const script = txns.flatMap(({ patches }) => patches.map(([at, removed, inserted]) => {
  const bytes = Buffer.from(inserted)
  const head = Buffer.alloc(12)
  ;[at, removed, bytes.length].forEach((n, i) => head.writeUInt32LE(n, 4 * i))
  return Buffer.concat([head, bytes])
}))
writeFileSync(`${out}.script`, Buffer.concat(script))
writeFileSync(`${out}.rows`, Buffer.concat(updates.flatMap(u => [varUint(u.length), u])))

const time = f => {
  const from = performance.now()
  f()
  return performance.now() - from
}
const median = list => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]
const load = () => Y.applyUpdate(new Y.Doc(), whole)
const load2 = () => Y.applyUpdateV2(new Y.Doc(), whole2)
const apply = () => {
  const to = new Y.Doc()
  to.getText('text')
  for (const update of updates) Y.applyUpdate(to, update)
}
const local = () => {
  const to = new Y.Doc()
  let bytes = 0
  to.on('update', update => { bytes += update.length })
  type(to.getText('text'))
  return bytes
}
const edit = () => {
  let random = 1
  for (let i = 0; i < 10000; i++) {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0
    text.insert(Math.floor(random * text.length / 2 ** 32), 'x')
  }
}
// What a server does all day: the last 1,000 updates one by one into the big document, the difference for a client
// that lacks the last 100, and these 1,000 merged into one. For a thousand of each.
const tail = updates.slice(-1000)
const before = new Y.Doc()
for (const update of updates.slice(0, -1000)) Y.applyUpdate(before, update)
const stem = Y.encodeStateAsUpdate(before)
const prepared = () => {
  const to = new Y.Doc()
  Y.applyUpdate(to, stem)
  return to
}
const lacking = prepared()
for (const update of tail.slice(0, -100)) Y.applyUpdate(lacking, update)
const state = Y.encodeStateVector(lacking)
const tiny = () => {
  const to = prepared()
  const from = performance.now()
  for (const update of tail) Y.applyUpdate(to, update)
  return performance.now() - from
}
const diff = () => {
  for (let i = 0; i < 1000; i++) Y.encodeStateAsUpdate(doc, state)
}
// What is short is measured in many turns: the machine changes its speed between them. Of each: runs of yjs in a turn
// (the tool has its own number), and turns.
const work = {
  load: [load, `${out}.update`, 7, 15],
  'load v2': [load2, `${out}.v2`, 7, 15],
  encode: [() => Y.encodeStateAsUpdate(doc), `${out}.update`, 7, 15],
  apply: [apply, `${out}.rows`, 1, 3],
  local: [local, `${out}.script`, 1, 3],
  tiny: [tiny, `${out}.rows`, 3, 7],
  diff: [diff, `${out}.rows`, 1, 5],
  merge: [() => Y.mergeUpdates(tail), `${out}.rows`, 7, 15],
  edit: [edit, `${out}.update`, 1, 3]
}
for (const [name, [f, file, runs, turns]] of Object.entries(work)) {
  const theirs = []
  const ours = []
  let last
  for (let turn = 0; turn < turns; turn++) {
    theirs.push(median(Array.from({ length: runs }, () => f === tiny ? tiny() : time(f))))
    last = JSON.parse(execFileSync(yata, ['bench', name.split(' ')[0], file]))
    ours.push(last.median_ms)
  }
  const ratio = (median(theirs) / median(ours)).toFixed(1)
  console.log(`${name}: yjs ${median(theirs).toFixed(2)} ms, libyata ${median(ours).toFixed(3)} ms, ` +
    `${ratio} times as fast; ${last.items} items, ${last.live_bytes} live bytes`)
}
