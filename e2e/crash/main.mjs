// SPDX-License-Identifier: MIT
// node e2e/crash/main.mjs [--kills N] [--seed S] [--store sqlite|postgresql] [--rooms N] [--per-room N] [--typing MS]
//
// The long run; `make crash ARGS=…` builds first. Ends with 1 if anything acknowledged was lost, a
// room could not be read, or a kind of fault never happened.
import { parseArgs } from 'node:util';
import { Postgres } from '../lib/postgres.mjs';
import { Crash } from './crash.mjs';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    store: { type: 'string', default: 'sqlite' },
    rooms: { type: 'string', default: '5' },
    'per-room': { type: 'string', default: '4' },
    typing: { type: 'string', default: '600' }, // at most, before a kill
  },
});
const number = (name) => {
  const n = Number(values[name]);
  if (!Number.isSafeInteger(n) || n < 1) {
    console.error(`--${name} ${values[name]}: expected a whole number from 1 on`);
    process.exit(2);
  }
  return n;
};
if (!['sqlite', 'postgresql'].includes(values.store)) {
  console.error(`--store ${values.store}: expected sqlite or postgresql`);
  process.exit(2);
}

const kills = number('kills');
const database = values.store === 'postgresql' ? await Postgres.start() : null;
const started = Date.now();
const onRound = ({ kills: n, acknowledged, losses, unreadable }) => {
  if (n % 25 > 0 && n < kills) return;
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`${n} of ${kills} kills, ${acknowledged} acknowledged edits, ${losses.length} lost, ` +
    `${unreadable.length} unreadable rooms, ${seconds} s`);
};
const crash = new Crash({
  seed: number('seed'),
  kills,
  rooms: number('rooms'),
  perRoom: number('per-room'),
  typing: number('typing'),
  env: database?.env ?? {},
  onRound,
});
try {
  const report = await crash.run();
  console.log(JSON.stringify(report, null, 2));
  const missing = Object.entries(report.kinds).filter(([, count]) => count === 0);
  for (const [kind] of missing) console.error(`never happened: ${kind}`);
  process.exitCode = report.losses.length + report.unreadable.length + missing.length > 0 ? 1 : 0;
} finally {
  await database?.stop();
}
