// SPDX-License-Identifier: MIT
// Undo managers of a peer's two documents: the same steps, the same bytes.
import assert from 'node:assert/strict'
import { clock } from './clock.mjs'
import * as Y from 'yjs'
import { managerOrigin } from './driver.mjs'
import { origins } from './peer.mjs'

/**
 * Make one more undo manager of a document of yjs and its twin.
 *
 * @managers  those of yjs that were made before; the new one is added.
 * @options   scope: pairs of a type and its handle, none: the whole document; origins: pairs of one in yjs and its number;
 *            others: managers whose transactions it tracks, too; timeout: in milliseconds, 0: nothing is joined; skips:
 *            what happens at times that it divides is not captured, 0: all is.
 */
export async function addManager ({ y, c }, managers, { scope, origins, others, timeout, skips, ignoreRemote = false }) {
  const n = managers.length
  managers.push(new Y.UndoManager(scope.length === 0 ? y : scope.map(([type]) => type), {
    captureTimeout: timeout,
    trackedOrigins: new Set([...origins.map(([theirs]) => theirs), ...others]),
    ignoreRemoteMapChanges: ignoreRemote,
    captureTransaction: () => skips === 0 || clock.ms % skips !== 0
  }))
  await c.undoNew(n, {
    timeout: timeout === 0 ? -1 : timeout,
    ignoreRemote,
    skips,
    origins: [...origins.map(([, number]) => number), ...others.map(other => managerOrigin(managers.indexOf(other)))],
    scope: scope.map(([, handle]) => handle)
  })
}

export class Managers {
  constructor (peer) {
    this.peer = peer
    this.managers = []
    peer.managed = true
  }

  async start (random) {
    for (let n = 1 + random.below(2); n > 0; n--) await this.manage(random)
  }

  async manage (random) {
    const { peer } = this
    const timeout = random.pick([500, 500, 20, 0])
    const from = random.pick([[null], [null, 'one'], ['one', 'two']])
    const others = this.managers.filter(() => random.chance(0.3))
    // Of the whole document: then the transaction in which Yjs makes a text's delta would be a step.
    const whole = !peer.observed && random.chance(0.2)
    const roots = peer.roots.filter(() => random.chance(0.5))
    const types = whole ? [] : roots.length > 0 ? roots : [peer.roots[0]]
    const scope = types.map(({ type, handle }) => [type, handle])
    const ignoreRemote = random.chance(0.3)
    const skips = random.chance(0.3) ? random.pick([2, 3, 7]) : 0
    await addManager(peer, this.managers, {
      scope, origins: from.map(origin => [origin, origins.indexOf(origin)]), others, timeout, skips, ignoreRemote
    })
  }

  /** Undo, redo, or what else a manager can do. */
  act (random) {
    const { peer, peer: { c } } = this
    const n = random.below(this.managers.length)
    const manager = this.managers[n]
    const what = random.pick(['undo', 'undo', 'undo', 'redo', 'redo', 'stop', 'clear'])
    if (what === 'stop') {
      manager.stopCapturing()
      peer.expect(c.undoStop(n), 'stop capturing')
    } else if (what === 'clear') {
      if (random.chance(0.8)) return
      const [undo, redo] = [random.chance(0.5), random.chance(0.5)]
      manager.clear(undo, redo)
      peer.expect(c.undoClear(n, undo, redo, clock.ms), 'clear')
    } else {
      const before = peer.local.length
      const step = manager[what]()
      const theirs = peer.local.length > before ? Buffer.from(peer.local[before][0]) : Buffer.alloc(0)
      peer.expect(c[what](n, clock.ms), what, ([done, update]) => {
        assert.equal(done, step !== null, 'was there a step?')
        assert.equal(update.toString('hex'), theirs.toString('hex'), 'the update')
      })
    }
  }

  compare () {
    this.managers.forEach((manager, n) => {
      const depth = [manager.undoStack.length, manager.redoStack.length]
      this.peer.expect(this.peer.c.undoDepth(n), 'steps', ours => assert.deepEqual(ours, depth))
    })
  }
}
