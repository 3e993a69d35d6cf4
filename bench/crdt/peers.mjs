// SPDX-License-Identifier: MIT
// The peers as processes of their own, so that one that takes too long can be ended.
import { execFileSync, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeScript } from './script.mjs'

const PACKAGES = { yjs: 'yjs', ywasm: 'ywasm', loro: 'loro-crdt', automerge: '@automerge/automerge', 'json-joy': 'json-joy' }

// A library of npm in a process that lives on, so that it is compiled when it counts.
class NodePeer {
  constructor (name) {
    this.name = name
    this.limit = 30000
  }

  version () {
    const file = new URL(`node_modules/${PACKAGES[this.name]}/package.json`, import.meta.url)
    return JSON.parse(readFileSync(file)).version
  }

  // Its next message; undefined when it takes too long.
  answer () {
    const child = this.child
    return new Promise(resolve => {
      const done = message => {
        clearTimeout(timer)
        child.off('message', done)
        child.off('exit', ended)
        resolve(message)
      }
      const ended = () => done({ error: 'its process ended' })
      const timer = setTimeout(() => done(undefined), this.limit)
      child.on('message', done)
      child.on('exit', ended)
    })
  }

  // Why it cannot be run; undefined when it can.
  async start () {
    const file = new URL('worker.mjs', import.meta.url)
    this.child = fork(file, [this.name], { execArgv: ['--expose-gc', '--max-old-space-size=3000'], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    this.child.stderr.resume()
    const { missing, error } = await this.answer() ?? { error: 'it does not start' }
    return missing ?? error
  }

  async run (workload, request) {
    if (!this.child?.connected) await this.start()
    this.child.send(request)
    const answer = await this.answer()
    if (answer && !answer.error) return answer
    this.stop()
    return answer ?? { late: this.limit }
  }

  stop () {
    this.child?.kill('SIGKILL')
    this.child = undefined
  }
}

// libyata, driven by native.c, three runs each time.
class NativePeer {
  constructor (path) {
    this.name = 'libyata'
    this.path = path
    this.folder = mkdtempSync(join(tmpdir(), 'bench-crdt-'))
  }

  version () { return 'this tree' }
  async start () { return undefined }

  async run (workload) {
    const [script, state] = [join(this.folder, 'script'), join(this.folder, 'state')]
    if (this.written !== workload.id) writeFileSync(script, encodeScript(workload))
    this.written = workload.id
    const out = JSON.parse(execFileSync(this.path, [script, '3', state]))
    return { ...out, state: createHash('sha256').update(readFileSync(state)).digest('hex') }
  }

  stop () { rmSync(this.folder, { recursive: true, force: true }) }
}

export const makePeers = native => [new NativePeer(native), ...Object.keys(PACKAGES).map(name => new NodePeer(name))]
