// SPDX-License-Identifier: MIT
// A process that runs workloads with one peer: it is sent one after the other, and answers with what it measured.
import { createHash } from 'node:crypto'
import { argv } from 'node:process'
import { runWorkload } from './run-workload.mjs'

const hash = data => createHash('sha256').update(data).digest('hex')

try {
  const { default: peer } = await import(`./peers/${argv[2]}.mjs`)
  process.on('message', workload => {
    try {
      const { text, state, ...figures } = runWorkload(peer, workload)
      process.send({ ...figures, text: hash(text), state: hash(state) })
    } catch (error) {
      process.send({ error: String(error.message ?? error) })
    }
    globalThis.gc?.()
  })
  process.send({ ready: true })
} catch (error) {
  process.send({ missing: String(error.message).split('\n')[0] })
  process.disconnect()
}
