// SPDX-License-Identifier: MIT
// Yjs' undo manager reads the clock: import this before yjs, so that tests can set it.
const real = Date.now

export const clock = { ms: null }

Date.now = () => clock.ms ?? real()
