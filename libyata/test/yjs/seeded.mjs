// SPDX-License-Identifier: MIT
// Tests of many random sessions. YATA_SEED repeats from a seed, YATA_SESSIONS asks for a number.
import test from 'node:test'
import { env } from 'node:process'
import { Driver } from './driver.mjs'

export const baseSeed = Number(env.YATA_SEED ?? Date.now() % 1000000)

/**
 * A test that runs session(driver, seed) for `sessions` seeds. On a slow machine it runs as many as
 * `budgetMs` has room for, unless their number was asked for.
 */
export function seededTest (name, { sessions, budgetMs }, session) {
  const count = Number(env.YATA_SESSIONS ?? sessions)
  const budget = env.YATA_SESSIONS ? Infinity : budgetMs
  test(`${name}, from seed ${baseSeed}`, async t => {
    const driver = new Driver()
    t.after(() => driver.close())
    t.diagnostic(`YATA_SEED=${baseSeed}`)
    const from = Date.now()
    let i = 0
    for (; i < count && Date.now() - from < budget; i++) {
      try {
        await session(driver, baseSeed + i)
      } catch (error) {
        error.message = `seed ${baseSeed + i}: ${error.message}`
        throw error
      }
    }
    t.diagnostic(`${i} sessions`)
  })
}
