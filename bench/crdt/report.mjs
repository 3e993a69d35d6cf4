// SPDX-License-Identifier: MIT
// Tables and plots of what was measured. Figures are ratios to yjs of the same round, the median of all rounds.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { plot } from './plot.mjs'

const BEGIN = '<!-- crdt: begin -->'
const END = '<!-- crdt: end -->'
const MEASURES = [['time', 'edit'], ['apply', 'apply'], ['encode', 'encode'], ['load', 'load']]

const median = list => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]
const digits = value => value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value >= 0.1 ? value.toFixed(2) : value.toFixed(3)
const thousands = text => text.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
const good = runs => (runs ?? []).filter(run => !run.late && !run.error)

// How many times as fast as yjs.
export function ratio (workload, name, what) {
  const theirs = new Map(good(workload.runs.yjs).map(run => [run.round, run[what]]))
  const pairs = good(workload.runs[name]).filter(run => run[what] > 0 && theirs.get(run.round) > 0)
  return pairs.length > 0 ? median(pairs.map(run => theirs.get(run.round) / run[what])) : undefined
}

const milliseconds = (workload, name, what) => {
  const list = good(workload.runs[name]).map(run => run[what]).filter(value => value !== undefined)
  return list.length > 0 ? median(list) : undefined
}

function cell (workload, name, what) {
  const runs = workload.runs[name] ?? []
  const late = runs.find(run => run.late)
  if (late) return `> ${late.late / 1000} s`
  if (good(runs).length === 0) return runs.length > 0 ? 'failed' : ''
  const times = ratio(workload, name, what)
  return times === undefined ? '' : `${thousands(digits(times))}×`
}

const row = cells => `| ${cells.join(' | ')} |`

// One table: a row for each workload, in times as fast as yjs.
function table (results, workloads, what) {
  const names = Object.keys(results.peers).filter(name => name !== 'yjs')
  const rows = workloads.filter(workload => milliseconds(workload, 'libyata', what) !== undefined).map(workload => {
    const label = workload.id === workload.title ? workload.id : `${workload.id}: ${workload.title}`
    const absolute = name => milliseconds(workload, name, what)
    return row([label, ...['yjs', 'libyata'].map(name => absolute(name) === undefined ? '' : thousands(digits(absolute(name)))),
      ...names.map(name => name === 'libyata' ? `**${cell(workload, name, what)}**` : cell(workload, name, what))])
  })
  return [row(['', 'yjs ms', 'libyata ms', ...names]), row(['---', ...['', '', ...names].map(() => '---:')]), ...rows].join('\n')
}

function sizes (results, workloads) {
  const names = Object.keys(results.peers)
  const rows = workloads.map(workload => row([workload.id,
    ...names.map(name => good(workload.runs[name])[0]).map(run => run ? thousands(String(run.bytes)) : '')]))
  return [row(['', ...names]), row(['---', ...names.map(() => '---:')]), ...rows].join('\n')
}

function preface ({ machine, peers, absent, n, rounds, limit, short, missing }) {
  const versions = Object.entries(peers).filter(([name]) => name !== 'libyata').map(([name, version]) => `${name} ${version}`)
  return [
    `Measured on ${machine.date}: ${machine.cores} × ${machine.cpu}, ${machine.memory} GB, ${machine.system}, ` +
    `Node ${machine.node}, ${machine.compiler}; ${versions.join(', ')}. ${rounds} ${rounds === 1 ? 'round' : 'rounds'} in turns, ` +
    `N = ${thousands(String(n))}. The machine's load was ${machine.load.toFixed(1)} at the start: trust the ratios.`,
    ...(short ? ['This was a short run (`--short`): fewer traces, a smaller N, one round.'] : []),
    ...(missing > 0 ? [`${missing} editing traces were not there and are left out.`] : []),
    ...Object.entries(absent).map(([name, why]) => `${name} could not be run: ${why}`),
    `Each figure says how many times as fast as yjs a library was in the same round; below 1 it was slower. ` +
    `What took longer than ${limit / 1000} s, or than the time that stands in its place, was ended. Times are processor time where that is less than the time that went ` +
    'by: so waiting for other work of the machine does not count.'
  ].join('\n\n')
}

const HEADINGS = {
  edit: 'Type the trace: one transaction an edit, each with its update',
  apply: 'Apply the updates, one by one',
  encode: 'Encode the whole state',
  load: 'Load the whole state'
}

// The parts of the report: what stands in the tables, and what is drawn.
function sections (results) {
  const isTrace = workload => workload.edits !== undefined && !/^B\d/.test(workload.id)
  const all = results.workloads
  const [recorded, made] = [all.filter(isTrace), all.filter(workload => !isTrace(workload))]
  const parts = MEASURES.map(([what, name]) => ({ heading: HEADINGS[name], what, workloads: recorded }))
  return { recorded, made, parts: [...parts, { heading: 'crdt-benchmarks: the work itself', what: 'time', workloads: made },
    { heading: 'crdt-benchmarks: load the state', what: 'load', workloads: made }].filter(part => part.workloads.length > 0) }
}

// Points for a plot: { group, workload, library, times }.
const points = (results, parts) => parts.flatMap(({ heading, what, workloads }) => workloads.flatMap(workload =>
  Object.keys(results.peers).filter(name => name !== 'yjs').map(name => ({
    group: heading, workload: workload.id, library: name, times: ratio(workload, name, what)
  })).filter(point => point.times !== undefined)))

async function pictures (results, parts, folder) {
  mkdirSync(folder, { recursive: true })
  const drawn = []
  const draw = async (file, title, some) => {
    const list = points(results, some)
    if (list.length === 0) return
    writeFileSync(join(folder, file), await plot(title, list, Object.keys(results.peers)))
    drawn.push([join(folder, file), title])
  }
  await draw('crdt-traces.svg', 'Editing traces, times as fast as yjs', parts.filter(part => !part.heading.startsWith('crdt')))
  await draw('crdt-benchmarks.svg', 'crdt-benchmarks, times as fast as yjs', parts.filter(part => part.heading.startsWith('crdt')))
  return drawn
}

function insert (file, text) {
  const old = readFileSync(file, 'utf8')
  const [from, to] = [old.indexOf(BEGIN), old.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`${file}: no marks ${BEGIN} and ${END}`)
  writeFileSync(file, `${old.slice(0, from + BEGIN.length)}\n${text}\n${old.slice(to)}`)
}

export async function writeReport (results, { write, images }) {
  const { recorded, made, parts } = sections(results)
  const drawn = images ? await pictures(results, parts, images) : []
  const text = [
    preface(results),
    ...drawn.map(([file, title]) => `![${title}](${write ? relative(dirname(write), file) : file})`),
    ...parts.map(({ heading, what, workloads }) => `### ${heading}\n\n${table(results, workloads, what)}`),
    `### Bytes of the encoded state\n\n${sizes(results, [...recorded, ...made])}`
  ].join('\n\n')
  if (write) insert(write, text)
  else console.log(text)
}
