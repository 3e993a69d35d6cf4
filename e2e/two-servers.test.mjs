// SPDX-License-Identifier: MIT
// Two servers on one store by mistake: SQLite refuses the second; on PostgreSQL neither loses what it acknowledged.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { random, YjsClient } from './lib/clients.mjs';
import { Postgres } from './lib/postgres.mjs';
import { freePort, Server } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const run = promisify(execFile);

async function count(pg, table) {
  const { stdout } = await run('psql', [
    '-XAtq', '-h', pg.host, '-p', pg.port, '-U', pg.user, '-d', pg.database, '-c', `SELECT count(*) FROM ${table}`,
  ]);
  return Number(stdout);
}

/** A person at one of the servers, who remembers what was acknowledged. */
class Typist {
  constructor(name, server, roomId, dice) {
    Object.assign(this, { name, dice, there: new Set(), gone: new Set(), next: 0 });
    this.client = new YjsClient(server, roomId, { protocols: ['yoke.v1'] });
  }

  /** Types some tokens, deletes one, and waits until it is all acknowledged. */
  async burst() {
    const text = this.client.text();
    const fresh = [];
    for (let i = 0; i < 3; i++) {
      const token = `<${this.name}${this.next++}>`;
      text.insert(text.length, token);
      fresh.push(token);
    }
    const old = this.dice.pick([...this.there, fresh[0]]);
    const at = text.toString().indexOf(old);
    assert.ok(at >= 0, `${old} vanished from its own page`);
    text.delete(at, old.length);
    await this.client.saved();
    for (const token of fresh) this.there.add(token);
    this.there.delete(old);
    this.gone.add(old);
  }
}

function mustHold(code, typists) {
  for (const { there, gone } of typists) {
    for (const token of there) assert.equal(code.split(token).length, 2, `${token} stands once`);
    for (const token of gone) assert.ok(!code.includes(token), `${token} was deleted`);
  }
}

test('two servers on one PostgreSQL lose nothing that either acknowledged', async (t) => {
  const pg = await Postgres.start();
  t.after(() => pg.stop());
  const env = { ...pg.env, YOKE_LIMIT_COMPACT_ROWS: '8' };
  const servers = [];
  t.after(() => Promise.all(servers.map((server) => server.stop())));
  for (let i = 0; i < 2; i++) {
    const server = await Server.start({ env });
    servers.push(server);
    // It has its database then, and has looked who else is there: the second must not be before that.
    await until('healthy', async () => (await server.api('GET', '/api/v1/health')).status === 200);
  }
  const warning = new RegExp(`another server \\(yoke ${servers[0].child.pid}@\\S+#[0-9a-f]{8}\\) uses this database`);
  await until('the second warns and names the first', () => warning.test(servers[1].output));
  assert.doesNotMatch(servers[0].output, /another server/);
  assert.equal(await count(pg, "(SELECT DISTINCT application_name FROM pg_stat_activity WHERE application_name LIKE 'yoke %#%') AS names"), 2);
  const roomId = await servers[0].createRoom({ code: '' });
  const dice = random(7);
  const typists = [new Typist('a', servers[0], roomId, dice), new Typist('b', servers[1], roomId, dice)];
  await Promise.all(typists.map(({ client }) => client.synced()));
  const both = async (bursts) => {
    for (let i = 0; i < bursts; i++) await Promise.all(typists.map((typist) => typist.burst()));
  };
  await both(6);
  await until('both have compacted', async () => (await count(pg, 'room_snapshots')) >= 2);
  await both(3);
  await servers[0].kill(); // one of them ends in the middle, the other goes on and compacts
  for (let i = 0; i < 6; i++) await typists[1].burst();
  assert.ok((await count(pg, 'room_history')) > 30, 'rows were compacted');
  await servers[0].spawn();
  await until('the killed one shows everything', async () => {
    mustHold(await servers[0].roomCode(roomId), typists);
    return true;
  });
  await typists[0].client.synced();
  await both(5); // it has merged both snapshots now, and compacts them into one
  typists.forEach(({ client }) => client.destroy());
  await Promise.all(servers.map((server) => server.kill()));
  await servers[1].spawn();
  mustHold(await until('the room', () => servers[1].roomCode(roomId)), typists);
});

test('a second server on one SQLite store refuses to start and names the first', async (t) => {
  const first = await Server.start();
  t.after(() => first.stop());
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('YOKE_')));
  const flags = ['serve', '--port', String(await freePort()), '--data-dir', first.dataDir];
  const second = spawn(first.binary, flags, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [second.stdout, second.stderr]) stream.on('data', (text) => (said += text));
  const [code] = await once(second, 'exit');
  assert.notEqual(code, 0);
  assert.match(said, new RegExp(`process ${first.child.pid} on host \\S+ uses this data directory`));
  assert.equal((await first.api('GET', '/api/v1/health')).status, 200, 'the first one goes on');
});
