// SPDX-License-Identifier: MIT
// The database goes away while people type, and comes back. AWAY_SECONDS=60 is the long run (make away).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { YjsClient } from './lib/clients.mjs';
import { freeze, Swallower } from './lib/hung.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Server } from './lib/server.mjs';
import { sleep, until } from './lib/until.mjs';

const AWAY_MS = 1000 * Number(process.env.AWAY_SECONDS ?? 2);
const BACK_MS = 10_000;
const BACKLOG_MAX = 4 << 20;

/** Two people in each of some rooms. */
async function gather(server, rooms) {
  const pairs = [];
  for (let i = 0; i < rooms; i++) {
    const roomId = await server.createRoom({ code: '' });
    const pair = [0, 1].map(() => new YjsClient(server, roomId, { protocols: ['yoke.v1'] }));
    await Promise.all(pair.map((client) => client.synced()));
    pairs.push({ roomId, pair, typed: [] });
  }
  return pairs;
}

/** Everybody types until told to stop; now and then somebody deletes. */
function typing(pairs) {
  let count = 0;
  const timer = setInterval(() => {
    for (const { pair, typed } of pairs) {
      const client = pair[count % 2];
      const token = `<${count}>`;
      client.text().insert(client.text().length, token);
      typed.push(token);
    }
    count += 1;
  }, 50);
  return () => clearInterval(timer);
}

async function metric(server, name) {
  const { text } = await server.api('GET', '/metrics');
  return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
}

async function assertAway(server, pairs) {
  const questions = pairs.map(({ pair }) => pair[0].requestSaved());
  const marks = pairs.map(({ pair }) => pair[0].text().toString().length);
  let worst = 0;
  for (const end = Date.now() + AWAY_MS; Date.now() < end; await sleep(250))
    worst = Math.max(worst, await metric(server, 'yoke_store_backlog_bytes'));
  for (const saved of questions) assert.equal(saved(), false, 'acknowledged while the database was away');
  for (const [i, { pair }] of pairs.entries())
    assert.ok(pair[1].text().toString().length > marks[i], 'editing did not go on');
  const health = await server.api('GET', '/api/v1/health');
  assert.equal(health.status, 503, health.text);
  assert.ok(health.json.database.reason, 'a reason is given');
  assert.equal((await server.api('GET', '/api/v1/liveness')).status, 200);
  assert.ok(worst > 0 && worst <= BACKLOG_MAX, `${worst} bytes were waiting`);
  return { questions, reason: health.json.database.reason, worst };
}

async function assertBack(server, pairs, questions) {
  const start = Date.now();
  questions.push(...pairs.flatMap(({ pair }) => pair.map((client) => client.requestSaved())));
  await until('everything is saved', () => questions.every((saved) => saved()), BACK_MS);
  const took = Date.now() - start;
  await until('healthy again', async () => (await server.api('GET', '/api/v1/health')).status === 200, BACK_MS);
  await server.kill();
  await server.spawn();
  for (const { roomId, typed } of pairs) {
    const code = await until('the room', () => server.roomCode(roomId));
    for (const token of typed) assert.equal(code.split(token).length, 2, `${token} stands once`);
  }
  return took;
}

describe(`the database away for ${AWAY_MS / 1000} s`, () => {
  let pg;
  let server;
  let wire;
  before(async () => {
    pg = await Postgres.start();
    wire = await Swallower.to(pg);
    const limits = {
      YOKE_LIMIT_STORE_TIMEOUT_MS: '1500',
      YOKE_LIMIT_STORE_BACKLOG_MAX_BYTES: String(BACKLOG_MAX),
      YOKE_LIMIT_COMPACT_ROWS: '40', // compaction goes on all the while
    };
    server = await Server.start({ env: { ...pg.env, YOKE_DB_PORT: wire.port, ...limits } });
    await until('healthy', async () => (await server.api('GET', '/api/v1/health')).status === 200);
  });
  after(async () => {
    await server?.stop();
    await wire?.remove();
    await pg?.stop();
  });

  const ways = {
    'stopped': async () => {
      await pg.halt('immediate');
      return () => pg.resume();
    },
    'hung with its connections open': () => freeze(pg),
    'behind a wire that swallows everything': async () => {
      wire.swallow();
      return () => wire.pass();
    },
  };
  for (const [name, leave] of Object.entries(ways)) {
    test(name, async (t) => {
      const pairs = await gather(server, 3);
      const stop = typing(pairs);
      await sleep(300);
      const comeBack = await leave();
      // What was on its way when it left may still be acknowledged.
      await sleep(300);
      const { questions, reason, worst } = await assertAway(server, pairs);
      await comeBack();
      await sleep(100);
      stop();
      const took = await assertBack(server, pairs, questions);
      t.diagnostic(`"${reason}"; at most ${worst} bytes waiting; everything saved ${took} ms after its return`);
      for (const { pair } of pairs) pair.forEach((client) => client.destroy());
    });
  }

  test('restarted while other rooms are being opened', async () => {
    const rooms = [];
    for (let i = 0; i < 20; i++) rooms.push(await server.createRoom({ code: `room ${i}` }));
    await server.kill();
    await server.spawn();
    const pairs = await gather(server, 1);
    const stop = typing(pairs);
    const clients = [];
    const open = async () => {
      for (const roomId of rooms) {
        clients.push(new YjsClient(server, roomId, { protocols: ['yoke.v1'] }));
        await sleep(10);
      }
    };
    const opening = open();
    await sleep(100);
    await pg.halt('fast');
    await sleep(300);
    await pg.resume();
    await opening;
    stop();
    for (const [i, client] of clients.entries()) {
      await client.synced();
      assert.equal(client.text()?.toString(), `room ${i}`, 'never an empty room');
    }
    await assertBack(server, pairs, []);
    for (const client of [...clients, ...pairs[0].pair]) client.destroy();
  });
});

describe('a backlog that is full', () => {
  test('closes with a reason, takes no more, and loses nothing', async (t) => {
    const pg = await Postgres.start();
    t.after(() => pg.stop());
    const server = await Server.start({ env: { ...pg.env, YOKE_LIMIT_STORE_BACKLOG_MAX_BYTES: '65536' } });
    t.after(() => server.stop());
    await until('healthy', async () => (await server.api('GET', '/api/v1/health')).status === 200);
    const roomId = await server.createRoom({ code: '' });
    const client = new YjsClient(server, roomId, { protocols: ['yoke.v1'] });
    t.after(() => client.destroy());
    await client.synced();
    await client.saved();
    await pg.halt('immediate');
    for (let i = 0; i < 40; i++) client.text().insert(0, `<${i}${'x'.repeat(4000)}>`);
    // With 1013 and the reason (limits-rooms.test.mjs), or reset with what was still under way.
    await until('closed', () => client.closes.length > 0);
    assert.ok((await metric(server, 'yoke_store_backlog_bytes')) <= 65536);
    const put = await server.api('PUT', `/api/v1/rooms/${roomId}/files/a.txt`, {
      headers: { 'content-type': 'text/plain' },
      body: 'y'.repeat(60000),
    });
    assert.equal(put.status, 503, put.text);
    // Whoever comes now is refused before the upgrade, so that clients wait longer from one try to the next.
    const seen = client.closes.length;
    await sleep(1500);
    const later = client.closes.slice(seen);
    assert.ok(later.length > 0 && !later.includes(1013), `refused as ${later}`);
    await pg.resume();
    await until('healthy again', async () => (await server.api('GET', '/api/v1/health')).status === 200);
    await until('connected again', () => client.provider.synced, 15_000);
    await until('everything saved', async () => {
      const saved = client.requestSaved();
      await sleep(200);
      return saved();
    });
    await server.kill();
    await server.spawn();
    const code = await until('the room', () => server.roomCode(roomId));
    for (let i = 0; i < 40; i++) assert.equal(code.split(`<${i}x`).length, 2, `edit ${i} stands once`);
  });
});
