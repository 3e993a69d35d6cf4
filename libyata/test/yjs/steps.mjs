// SPDX-License-Identifier: MIT
// An undo manager of a twin's two documents (scenarios.mjs): the same steps, the same bytes.
import assert from 'node:assert/strict'
import { clock } from './clock.mjs'
import * as Y from 'yjs'
import { byte, hex } from './scenarios.mjs'

/**
 * @roots  its scope, none: the whole document
 * @more  options of Y.UndoManager; `origins`: numbers, as scenarios take them, 0: none in particular
 * @n  its number: a document has up to four
 */
export async function manage (twin, roots, { timeout = 0, origins = [0], n = 0, ...more } = {}) {
  const theirs = new Y.UndoManager(roots.length === 0 ? twin.y : roots.map(([y]) => y), {
    captureTimeout: timeout, trackedOrigins: new Set(origins.map(origin => origin === 0 ? null : origin)), ...more
  })
  await twin.c.undoNew(n, {
    timeout: timeout === 0 ? -1 : timeout, ignoreRemote: more.ignoreRemoteMapChanges, origins, scope: roots.map(([, c]) => c)
  })
  const depths = async () => assert.deepEqual(await twin.c.undoDepth(n), [theirs.undoStack.length, theirs.redoStack.length], 'steps')
  const act = async (what, expected = true) => {
    const before = twin.updates.length
    clock.ms = 0
    const step = theirs[what]()
    clock.ms = null
    const [done, update] = await twin.c[what](n, 0)
    assert.equal(step !== null, expected, what)
    assert.equal(done, expected, what)
    assert.equal(hex(update), hex(twin.updates[before] ?? ''), `the update of ${what}`)
    await twin.same()
    await depths()
  }
  return {
    undo: expected => act('undo', expected),
    redo: expected => act('redo', expected),
    depths,
    async clear () {
      clock.ms = 0
      theirs.clear()
      clock.ms = null
      await twin.c.undoClear(n, true, true, 0)
      await twin.same()
      await depths()
    },
    stop () {
      theirs.stopCapturing()
      return twin.c.undoStop(n)
    },
    widen ([y, c]) {
      theirs.addToScope(y)
      return twin.c.call('um scope', byte(n), c)
    },
    track (origin) {
      theirs.addTrackedOrigin(origin)
      return twin.c.call('um track', byte(n), byte(origin), byte(1))
    },
    ignore (origin) {
      theirs.removeTrackedOrigin(origin)
      return twin.c.call('um track', byte(n), byte(origin), byte(0))
    }
  }
}
