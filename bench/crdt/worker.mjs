// SPDX-License-Identifier: MIT
// A process that runs workloads with one peer: it is sent a name, and answers with what it measured.
import { createHash } from 'node:crypto'
import { argv } from 'node:process'
import { runWorkload } from './run-workload.mjs'
import { find } from './workloads.mjs'

const hash = data => createHash('sha256').update(data).digest('hex')
let workload

try {
  const { default: peer } = await import(`./peers/${argv[2]}.mjs`)
  process.on('message', request => {
    try {
      if (workload?.id !== request.id) workload = find(request)
      const { text, state, ...figures } = runWorkload(peer, workload)
      process.send({ ...figures, text: hash(text), state: hash(state) })
    } catch (error) {
      process.send({ error: String(error?.message ?? error).split('\n')[0] })
    }
    globalThis.gc?.()
  })
  process.send({ ready: true })
} catch (error) {
  process.send({ missing: String(error.message).split('\n')[0] })
  process.disconnect()
}
