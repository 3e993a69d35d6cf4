// SPDX-License-Identifier: MIT
// What is measured: editing traces, and the workloads of github.com/dmonad/crdt-benchmarks written anew from their
// description. A workload is a list of transactions { doc, edits: [...], take: [...] }: `doc` first takes the updates of
// the transactions named, then makes the edits in one transaction. An edit is one of
//   ['t', index, text]  ['x', index, count]  ['a', index, values]  ['m', key, value]
// in UTF-16 units. Its mode says what is timed:
//   edit      the transactions of document 0, each with its update; then a document takes the updates one by one
//   stream    as edit, but making the updates is not timed
//   exchange  both documents edit, then each takes what the other made
//   gather    one document takes what all the others made
// Everybody has what stands in `shared` before that.
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

// mulberry32: the same numbers in every run.
function generator (seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const between = (low, high) => low + Math.floor(next() * (high - low + 1))
  const word = (least, most) =>
    Array.from({ length: between(least, most) }, () => String.fromCharCode(97 + between(0, 25))).join('')
  return { between, word, coin: () => next() < 0.5 }
}

const alone = edits => edits.map(edit => ({ doc: 0, edits: [edit] }))

// Insertions of words at random places, and deletions if there are any.
function anywhere (random, n, length, least, most, erase) {
  const edits = []
  const insert = () => {
    const text = random.word(least, most)
    edits.push(['t', random.between(0, length), text])
    length += text.length
  }
  for (let i = 0; i < n; i++) {
    if (erase !== 'or') insert()
    if (!erase) continue
    const index = random.between(0, length)
    if (index === length || random.coin()) {
      insert()
    } else {
      const count = random.between(1, Math.min(9, length - index))
      edits.push(['x', index, count])
      length -= count
    }
  }
  return edits
}

function oneClient (n) {
  const random = generator(1)
  const times = f => Array.from({ length: n }, (_, i) => f(i))
  const number = () => random.between(0, 0x7fffffff)
  const text = random.word(n, n)
  return [
    ['B1.1', 'append N characters', alone(times(i => ['t', i, text[i]]))],
    ['B1.2', 'insert a string of length N', alone([['t', 0, text]])],
    ['B1.3', 'prepend N characters', alone(times(i => ['t', 0, text[i]]))],
    ['B1.4', 'insert N characters anywhere', alone(anywhere(random, n, 0, 1, 1))],
    ['B1.5', 'insert N words anywhere', alone(anywhere(random, n, 0, 2, 10))],
    ['B1.6', 'insert a string, then delete it', alone([['t', 0, text], ['x', 0, n]])],
    ['B1.7', 'insert and delete strings anywhere', alone(anywhere(random, n, 0, 2, 10, 'or'))],
    ['B1.8', 'append N numbers', alone(times(i => ['a', i, [number()]]))],
    ['B1.9', 'insert an array of N numbers', alone([['a', 0, times(number)]])],
    ['B1.10', 'prepend N numbers', alone(times(() => ['a', 0, [number()]]))],
    ['B1.11', 'insert N numbers anywhere', alone(times(i => ['a', random.between(0, i), [number()]]))]
  ].map(([id, title, transactions]) => ({ id, title, mode: 'edit', docs: 1, transactions }))
}

function twoClients (n) {
  const random = generator(2)
  const shared = [['t', 0, random.word(100, 100)]]
  const both = make => [0, 1].map(doc => ({ doc, edits: make() }))
  return [
    ['B2.1', 'both insert a string of length N at index 0', both(() => [['t', 0, random.word(n, n)]])],
    ['B2.2', 'both insert N characters anywhere', both(() => anywhere(random, n, 100, 1, 1))],
    ['B2.3', 'both insert N words anywhere', both(() => anywhere(random, n, 100, 3, 9))],
    ['B2.4', 'both insert and delete N times anywhere', both(() => anywhere(random, n, 100, 3, 9, 'and'))]
  ].map(([id, title, transactions]) => ({ id, title, mode: 'exchange', docs: 2, shared, transactions }))
}

function manyClients (n) {
  const docs = Math.floor(Math.sqrt(n)) * 20
  const each = make => Array.from({ length: docs }, (_, doc) => ({ doc, edits: [make(doc)] }))
  return [
    ['B3.1', '20√N clients set a number in a map', each(i => ['m', 'v', i])],
    ['B3.2', '20√N clients set an object in a map', each(i => ['m', 'v', { name: `${i}`, address: 'here' }])],
    ['B3.3', '20√N clients set a string in a map', each(i => ['m', 'v', `${i}`.repeat(docs)])],
    ['B3.4', '20√N clients insert text in an array', each(i => ['a', 0, [`${i}`]])]
  ].map(([id, title, transactions]) => ({ id, title, mode: 'gather', docs, transactions }))
}

export const benchmarks = n => [...oneClient(n), ...twoClients(n), ...manyClients(n)]

// ---- traces -------------------------------------------------------------------------------------

const SEQUENTIAL = ['automerge-paper', 'rustcode', 'seph-blog1', 'sveltecomponent', 'json-crdt-patch',
  'json-crdt-blog-post', 'friendsforever_flat', 'clownschool_flat']
const CONCURRENT = ['friendsforever', 'clownschool']

function read (path) {
  const trace = JSON.parse(gunzipSync(readFileSync(path)))
  // Their positions count code points.
  const astral = trace.txns.some(({ patches }) => patches.some(patch => /[\ud800-\udfff]/.test(patch[2])))
  if (astral || trace.startContent) throw new Error(`${path}: text beyond the first plane, or text to start from`)
  return trace
}

const editsOf = ([index, deleted, inserted]) => [
  ...(deleted > 0 ? [['x', index, deleted]] : []),
  ...(inserted.length > 0 ? [['t', index, inserted]] : [])
]

function sequential (path, id) {
  const { txns, endContent } = read(path)
  const transactions = alone(txns.flatMap(({ patches }) => patches.flatMap(editsOf)))
  return { id, title: id, mode: 'edit', docs: 1, transactions, text: endContent }
}

// Every agent has a document, which takes what its next transaction builds on.
function concurrent (path, id) {
  const { txns, numAgents } = read(path)
  const known = Array.from({ length: numAgents }, () => new Uint8Array(txns.length))
  const heads = Array.from({ length: numAgents }, () => new Set())
  const learn = (agent, i) => {
    known[agent][i] = 1
    txns[i].parents.forEach(parent => heads[agent].delete(parent))
    heads[agent].add(i)
  }
  const transactions = txns.map(({ agent, parents, patches }, i) => {
    const take = []
    const open = [...parents]
    while (open.length > 0) {
      const at = open.pop()
      if (known[agent][at] === 1) continue
      known[agent][at] = 1
      take.push(at)
      open.push(...txns[at].parents)
    }
    take.sort((a, b) => a - b).forEach(at => learn(agent, at))
    if (heads[agent].size !== parents.length || parents.some(at => !heads[agent].has(at))) {
      throw new Error(`${path}: transaction ${i} does not build on all that its agent had seen`)
    }
    learn(agent, i)
    return { doc: agent, take, edits: patches.flatMap(editsOf) }
  })
  return { id, title: `${id}, ${numAgents} clients at once`, mode: 'stream', docs: numAgents, transactions }
}

// The traces that are there; the names of those that are not.
export function traces (folder, some) {
  const missing = []
  const load = (kind, names, make) => names.filter(name => !some || some.includes(name)).flatMap(name => {
    const path = `${folder}/${kind}/${name}.json.gz`
    if (existsSync(path)) return [make(path, name)]
    missing.push(path)
    return []
  })
  return { found: [...load('sequential', SEQUENTIAL, sequential), ...load('concurrent', CONCURRENT, concurrent)], missing }
}

/** One workload by its id: of N operations, or a trace of the folder. */
export function find ({ id, n, folder }) {
  const found = benchmarks(n).find(workload => workload.id === id) ?? traces(folder, [id]).found[0]
  if (!found) throw new Error(`there is no workload ${id}`)
  return found
}
