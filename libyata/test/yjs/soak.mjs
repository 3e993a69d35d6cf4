// SPDX-License-Identifier: MIT
// Many random sessions, or long ones, of session.mjs: make soak.
//   --sessions N    how many (1,000)
//   --operations N  steps of each (300)
//   --from SEED     the first one's seed; they follow one another (1)
//   --seconds N     stop after so long
import { parseArgs } from 'node:util'
import { Driver } from './driver.mjs'
import { Session, yjsDisagrees } from './session.mjs'

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '1000' },
    operations: { type: 'string', default: '300' },
    from: { type: 'string', default: '1' },
    seconds: { type: 'string', default: 'Infinity' }
  }
})
const count = name => {
  const n = Number(values[name])
  if (!(n >= 0)) throw new Error(`--${name} ${values[name]}: must be a number`)
  return n
}
const [sessions, operations, from, seconds] = ['sessions', 'operations', 'from', 'seconds'].map(count)

const began = performance.now()
const elapsed = () => (performance.now() - began) / 1000
const failed = []
const apart = [] // where documents of yjs end up with different contents, and so do their twins
const sum = { edits: 0, peers: 0 }
let driver = new Driver()
let done = 0
for (let said = 0; done < sessions && elapsed() < seconds; done++) {
  const seed = from + done
  const session = new Session(driver, seed, operations)
  try {
    await session.run()
  } catch (error) {
    const list = error.message.startsWith(yjsDisagrees) ? apart : failed
    list.push(seed)
    console.log(`seed ${seed}: ${error.message}`)
    await driver.close()
    driver = new Driver()
  }
  sum.edits += session.peers.reduce((edits, { local }) => edits + local.length, 0)
  sum.peers += session.peers.length
  if (elapsed() - said > 60) {
    said = elapsed()
    console.log(`${done + 1} sessions, ${failed.length} failed, ${Math.round(said)} s`)
  }
}
const named = seeds => seeds.length > 0 ? ` (seeds ${seeds.join(', ')})` : ''
await driver.close()
console.log(`${done} sessions of ${operations} operations from seed ${from}: ${sum.peers} peers, ${sum.edits} transactions, ` +
  `${failed.length} failed${named(failed)}, ${apart.length} in which yjs disagrees with itself${named(apart)}, ` +
  `${Math.round(elapsed())} s`)
process.exitCode = failed.length > 0 ? 1 : 0
