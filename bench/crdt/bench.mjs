// SPDX-License-Identifier: MIT
// node bench.mjs [--short] [--only ID,ID] [--n N] [--rounds R] [--limit SECONDS] [--native PROGRAM] [--traces FOLDER]
//                [--results FILE] [--write FILE] [--images FOLDER] [--render FILE]
// Runs libyata beside other CRDT libraries on editing traces and on the workloads of crdt-benchmarks, in turns, and writes
// tables between the marks of a Markdown file, and plots. --render FILE draws what an earlier run left in --results.
import { readFileSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { makePeers } from './peers.mjs'
import { writeReport } from './report.mjs'
import { benchmarks, traces } from './workloads.mjs'

const here = path => fileURLToPath(new URL(path, import.meta.url))
const { values: args } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    n: { type: 'string' },
    rounds: { type: 'string' },
    limit: { type: 'string' },
    native: { type: 'string', default: here('../../build/bench/crdt-native') },
    traces: { type: 'string', default: here('../../../shared/data/editing-traces') },
    results: { type: 'string' },
    write: { type: 'string' },
    images: { type: 'string' },
    render: { type: 'string' }
  }
})
const SHORT_TRACES = ['sveltecomponent', 'friendsforever']
const n = Number(args.n ?? (args.short ? 600 : 6000))
const rounds = Number(args.rounds ?? (args.short ? 1 : 3))
const limit = 1000 * Number(args.limit ?? (args.short ? 10 : 60))

function machine () {
  const [cpu] = os.cpus()
  const compiler = execFileSync('cc', ['--version']).toString().split('\n')[0]
  return {
    cpu: cpu.model.trim(), cores: os.cpus().length, memory: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()}`, node: process.version, compiler, date: new Date().toISOString().slice(0, 10),
    load: os.loadavg()[0]
  }
}

function workloads () {
  const { found, missing } = traces(args.traces, args.short ? SHORT_TRACES : undefined)
  for (const path of missing) console.error(`bench-crdt: no trace ${path}: it is left out`)
  const only = args.only?.split(',')
  return { list: [...found, ...benchmarks(n)].filter(w => !only || only.includes(w.id)), missing: missing.length }
}

const seconds = figures => ['time', 'apply', 'encode', 'load'].reduce((sum, what) => sum + (figures[what] ?? 0), 0) / 1000

// Every peer in turn, from another one on in each round; who needs long runs once, who needs too long not again.
async function measure (peers, workload) {
  const runs = Object.fromEntries(peers.map(peer => [peer.name, []]))
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < peers.length; i++) {
      const peer = peers[(i + round) % peers.length]
      const before = runs[peer.name]
      if (before.some(run => run.late || run.error || seconds(run) > 10)) continue
      before.push({ round, ...await peer.run(workload, { id: workload.id, n, folder: args.traces }) })
    }
  }
  return runs
}

function complain (workload, runs) {
  const [ours, theirs] = ['libyata', 'yjs'].map(name => runs[name]?.find(run => run.state))
  for (const [name, list] of Object.entries(runs)) {
    for (const run of list.filter(run => run.error)) console.error(`bench-crdt: ${workload.id}: ${name}: ${run.error}`)
    if (list.some(run => run.late)) console.error(`bench-crdt: ${workload.id}: ${name}: ended after ${limit / 1000} s`)
  }
  if (ours && theirs && ours.state !== theirs.state) throw new Error(`${workload.id}: libyata and yjs end in other states`)
}

async function run () {
  const peers = []
  const absent = {}
  for (const peer of makePeers(args.native)) {
    peer.limit = limit
    const why = await peer.start()
    if (why) console.error(`bench-crdt: ${peer.name} cannot be run, and is left out: ${why}`)
    if (why) absent[peer.name] = why
    else peers.push(peer)
  }
  const { list, missing } = workloads()
  const results = {
    machine: machine(), n, rounds, limit, short: args.short, missing, absent,
    peers: Object.fromEntries(peers.map(peer => [peer.name, peer.version()])), workloads: []
  }
  try {
    for (const workload of list) {
      const from = performance.now()
      const { id, title, mode, docs } = workload
      const runs = await measure(peers, workload)
      complain(workload, runs)
      results.workloads.push({ id, title, mode, docs, edits: workload.transactions.length, runs })
      console.error(`bench-crdt: ${id} (${((performance.now() - from) / 1000).toFixed(0)} s)`)
    }
  } finally {
    peers.forEach(peer => peer.stop())
  }
  return results
}

const results = args.render ? JSON.parse(readFileSync(args.render)) : await run()
if (args.results) writeFileSync(args.results, JSON.stringify(results))
await writeReport(results, args)
