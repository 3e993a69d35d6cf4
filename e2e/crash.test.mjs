// SPDX-License-Identifier: MIT
// A short run of the crash harness, and the proof that it would notice: a server that loses data is caught.
// The long run is `make crash`.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Crash } from './crash/crash.mjs';
import { Postgres } from './lib/postgres.mjs';

const SEED = Number(process.env.CRASH_SEED ?? 1);

/** Rooms are looked at for compaction once a second: a short run needs few rows, and time between two kills. */
const OFTEN = { YOKE_LIMIT_COMPACT_ROWS: '8' };
const TYPING = 1500;

function mustHold(report) {
  assert.deepEqual(report.losses, []);
  assert.deepEqual(report.unreadable, []);
  assert.ok(report.acknowledged > 100, `only ${report.acknowledged} acknowledged edits`);
  assert.ok(report.deletions > 20, `only ${report.deletions} acknowledged deletions`);
  for (const [kind, count] of Object.entries(report.kinds)) assert.ok(count > 0, `never happened: ${kind}`);
}

describe(`server and editors killed at random (seed ${SEED})`, () => {
  test('lose nothing that was acknowledged, on SQLite', async () => {
    mustHold(await new Crash({ seed: SEED, kills: 12, typing: TYPING, env: OFTEN }).run());
  });

  test('lose nothing that was acknowledged, on PostgreSQL', async () => {
    const database = await Postgres.start();
    try {
      mustHold(await new Crash({ seed: SEED, kills: 8, typing: TYPING, env: { ...database.env, ...OFTEN } }).run());
    } finally {
      await database.stop();
    }
  });
});

describe('the harness notices a server that', () => {
  for (const [how, what, more] of [
    ['ack-early', 'acknowledges before it commits'],
    ['drop-deletion', 'acknowledges a deletion and drops it'],
    // Each compaction makes good what the one before took away: there must be many, and a kill among them.
    ['compact-range', 'compacts by range, not by row', { typing: 2500, env: OFTEN }],
  ]) {
    test(what, async () => {
      const binary = process.env.YOKE_SABOTAGED_BIN;
      assert.ok(binary, 'YOKE_SABOTAGED_BIN must name yoke-sabotaged of a build with tests');
      const env = { SABOTAGE: how, ...more?.env };
      const crash = new Crash({ seed: SEED, kills: 20, binary, untilLoss: true, ...more, env });
      const { losses } = await crash.run();
      assert.notEqual(losses.length, 0, 'it lost nothing, or nobody noticed');
    });
  }
});
