// SPDX-License-Identifier: MIT
// Random sessions of clients, each a document of yjs and its twin of libyata: session.mjs. YATA_OPERATIONS: steps of one.
import { env } from 'node:process'
import test from 'node:test'
import { Driver } from './driver.mjs'
import { seededTest } from './seeded.mjs'
import { Session } from './session.mjs'

const operations = Number(env.YATA_OPERATIONS ?? 60)

const sessions = (name, count, budgetMs, chances) => seededTest(name, { sessions: count, budgetMs },
  (driver, seed) => new Session(driver, seed, operations, chances).run())

sessions('random sessions of twins', 150, 15000, {})
sessions('random sessions in which some undo, observe, take snapshots and keep positions', 120, 20000)
sessions('observers are told the same', 60, 8000, { observers: 1 })
sessions('undo managers do the same', 120, 10000, { managers: 1 })
sessions('snapshots, and documents as of them, are the same', 50, 7000, { snapshots: 1, gc: 0.2 })
sessions('positions and authors are the same', 50, 7000, { positions: 1, managers: 0.5 })

// Longer runs found these; each a seed and so many operations, and what was wrong.
const found = [
  [100604, 200, 'the ranges that a transaction deleted were merged from the first to the last'],
  [500861, 300, 'what a deleted type held went after what stood behind the type, and so was redone']
]
for (const [seed, operations, why] of found) {
  test(`a session that once differed: ${why}`, async () => {
    const driver = new Driver()
    try {
      await new Session(driver, seed, operations).run()
    } finally {
      await driver.close()
    }
  })
}
