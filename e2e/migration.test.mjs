// SPDX-License-Identifier: MIT
// A database of the first schema, which had neither checksums nor counts: made here by SQL as servers made it then, and
// opened by the server of today.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as Y from 'yjs';
import { Store } from './lib/store.mjs';
import { until } from './lib/until.mjs';

/** Schema 1, statement by statement. */
const SCHEMA = {
  SQLite: `PRAGMA journal_mode = WAL; BEGIN;
    CREATE TABLE rooms (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, language TEXT NOT NULL,
      owner_name TEXT NOT NULL, owner_mail TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT;
    CREATE INDEX rooms_by_owner ON rooms (owner_mail);
    CREATE TABLE room_updates (seq INTEGER PRIMARY KEY AUTOINCREMENT,
      room_id TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE, at INTEGER NOT NULL, author TEXT NOT NULL,
      payload BLOB NOT NULL) STRICT;
    CREATE INDEX room_updates_by_room ON room_updates (room_id, seq);
    CREATE TABLE room_snapshots (seq INTEGER PRIMARY KEY AUTOINCREMENT,
      room_id TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE, payload BLOB NOT NULL) STRICT;
    CREATE INDEX room_snapshots_by_room ON room_snapshots (room_id, seq);
    CREATE TABLE room_history (seq INTEGER PRIMARY KEY,
      room_id TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE, at INTEGER NOT NULL, author TEXT NOT NULL,
      payload BLOB NOT NULL) STRICT;
    CREATE INDEX room_history_by_room ON room_history (room_id, seq);
    PRAGMA application_id = 1500474213; PRAGMA user_version = 1; COMMIT;`,
  PostgreSQL: `
    CREATE TABLE schema_version (version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
    INSERT INTO schema_version (version) VALUES (1);
    CREATE TABLE rooms (id text PRIMARY KEY, name text NOT NULL, language text NOT NULL, owner_name text NOT NULL,
      owner_mail text NOT NULL, created_at bigint NOT NULL, updated_at bigint NOT NULL);
    CREATE INDEX rooms_by_owner ON rooms (owner_mail);
    CREATE TABLE room_updates (room_id text NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
      seq bigint GENERATED ALWAYS AS IDENTITY, at bigint NOT NULL, author text NOT NULL, payload bytea NOT NULL,
      PRIMARY KEY (room_id, seq));
    CREATE TABLE room_snapshots (room_id text NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
      seq bigint GENERATED ALWAYS AS IDENTITY, payload bytea NOT NULL, PRIMARY KEY (room_id, seq));
    CREATE TABLE room_history (room_id text NOT NULL REFERENCES rooms (id) ON DELETE CASCADE, seq bigint NOT NULL,
      at bigint NOT NULL, author text NOT NULL, payload bytea NOT NULL, PRIMARY KEY (room_id, seq));`,
};

const ID = 'an-old-room-of-schema-1';
const START = Date.UTC(2026, 0, 5);
const EDITS = 12; // after the update that made the room
const MOVED = 7; // rows in the history; the snapshot holds them

/** The updates of a room whose main file gets a line with each of them. */
function updates() {
  const doc = new Y.Doc();
  const out = [];
  doc.on('update', (update) => out.push(update));
  doc.transact(() => {
    const file = new Y.Map();
    file.set('path', 'main.py');
    file.set('text', new Y.Text('start\n'));
    doc.getMap('files').set('f1', file);
    doc.getMap('meta').set('title', 'Old');
    doc.getMap('meta').set('main', 'f1');
  });
  const text = doc.getMap('files').get('f1').get('text');
  for (let i = 1; i <= EDITS; i++) text.insert(text.length, `line ${i}\n`);
  return out;
}

const textAfter = (n) => 'start\n' + Array.from({ length: n }, (_, i) => `line ${i + 1}\n`).join('');

/** The statements of a server of that time: create, append, compact. */
function rows(kind, all) {
  const bytes = (update) => (kind === 'SQLite' ? `x'${Buffer.from(update).toString('hex')}'` : `'\\x${Buffer.from(update).toString('hex')}'`);
  const who = (i) => (i === 0 ? 'ann' : i % 2 ? 'bob' : 'ann');
  const sql = [`INSERT INTO rooms VALUES ('${ID}', 'Old', 'python', 'ann', 'ann@example.org', ${START}, ${START + EDITS * 60000})`];
  all.forEach((update, i) =>
    sql.push(`INSERT INTO room_updates (room_id, at, author, payload) VALUES ('${ID}', ${START + i * 60000}, '${who(i)}', ${bytes(update)})`));
  sql.push(`INSERT INTO room_history (seq, room_id, at, author, payload)
    SELECT seq, room_id, at, author, payload FROM room_updates WHERE seq <= ${MOVED}`);
  sql.push(`DELETE FROM room_updates WHERE seq <= ${MOVED}`);
  sql.push(`INSERT INTO room_snapshots (room_id, payload) VALUES ('${ID}', ${bytes(Y.mergeUpdates(all.slice(0, MOVED)))})`);
  return sql.join(';\n');
}

/** psql as an old server of that name, connected and idle. */
async function oldServer({ host, port, user, database }) {
  const psql = spawn('psql', ['-h', host, '-p', port, '-U', user, '-d', database, '-At'], {
    env: { ...process.env, PGAPPNAME: 'yoke 1@elsewhere' }, stdio: ['pipe', 'pipe', 'pipe'] });
  psql.said = '';
  for (const stream of [psql.stdout, psql.stderr]) stream.on('data', (data) => (psql.said += data));
  psql.stdin.write('SELECT version FROM schema_version;\n');
  await once(psql.stdout, 'data');
  return psql;
}

function contract(kind) {
  test(`a ${kind} database of schema 1 becomes one of today, and nothing of it is lost`, async (t) => {
    const store = await Store.start(kind);
    t.after(() => store.stop());
    await store.script(SCHEMA[kind]);
    await store.script(rows(kind, updates()));
    const old = store.postgres ? await oldServer(store.postgres) : null;
    t.after(() => old?.kill());
    for (const command of [['doctor'], ['backup', join(store.dir, 'early.yoke')], ['room', 'import', zip]]) {
      const early = await store.yoke(command);
      assert.equal(early.code, 1, early.all);
      assert.match(early.stderr, /schema version 1, and this program needs \d+: start the server once/);
    }
    if (old) {
      old.stdin.write('SELECT version FROM schema_version;\n');
      await once(old.stdout, 'data');
      assert.equal(old.said, '1\n1\n', 'the commands left it alone');
    }
    const server = await store.serve({ YOKE_LIMIT_COMPACT_ROWS: '8', YOKE_LIMIT_ROOM_IDLE_MS: '0', YOKE_LOG_LEVEL: 'debug' });

    const room = (await server.api('GET', `/api/v1/rooms/${ID}`)).json;
    assert.equal(room.code, textAfter(EDITS));
    assert.deepEqual([room.name, room.language, room.created_at], ['Old', 'python', new Date(START).toISOString()]);
    const { points } = (await server.api('GET', `/api/v1/rooms/${ID}/history`)).json;
    assert.deepEqual(points.map(({ seq, author }) => [seq, author]), Array.from({ length: EDITS + 1 }, (_, i) => [i + 1, i % 2 ? 'bob' : 'ann']));
    assert.equal(Date.parse(points[3].at), START + 3 * 60000);
    for (const seq of [1, 4, MOVED, MOVED + 1, EDITS]) {
      const { files } = (await server.api('GET', `/api/v1/rooms/${ID}/history/${seq}`)).json;
      assert.equal(files[0].text, textAfter(seq - 1), `as of ${seq}`);
    }
    const sound = await store.yoke(['doctor']);
    assert.equal(sound.code, 0, sound.all);
    assert.match(sound.stdout, new RegExp(`log ${EDITS + 1 - MOVED}, history ${MOVED}, last row ${EDITS + 1}`));

    // It goes on: old rows and new ones are compacted together.
    for (let i = 0; i < 6; i++) {
      const put = await server.api('PUT', `/api/v1/rooms/${ID}/files/new${i}.txt`, { body: `${i}\n`, headers: { 'x-username': 'eve' } });
      assert.equal(put.status, 201, put.text);
    }
    await until('it was compacted', () => /compacted \d+ rows/.test(server.output));
    if (old) {
      old.stdin.write(`INSERT INTO room_updates (room_id, at, author, payload) VALUES ('${ID}', 1, 'old', 'x');\n`);
      await once(old, 'close');
      assert.doesNotMatch(server.output, /another server/);
      assert.match(old.said, /terminating connection|server closed the connection/, 'an old server was cut off');
    }
    await store.stopServer();
    const whole = await store.yoke(['doctor']);
    assert.equal(whole.code, 0, whole.all);
    const file = join(store.dir, 'all.yoke');
    assert.equal((await store.yoke(['backup', file])).code, 0);
    const other = await Store.start(kind === 'SQLite' ? 'PostgreSQL' : 'SQLite');
    t.after(() => other.stop());
    const restored = await other.yoke(['restore', file]);
    assert.equal(restored.code, 0, restored.all);
    const copy = await other.serve();
    assert.equal(await copy.roomCode(ID), textAfter(EDITS));
    const { points: all } = (await copy.api('GET', `/api/v1/rooms/${ID}/history`)).json;
    assert.equal(all.reduce((sum, { updates: count }) => sum + count, 0), EDITS + 1 + 6);
    if (!store.postgres) return;

    // In one transaction a restore brings up to date what it replaces; what a newer server wrote it leaves alone.
    await store.script('INSERT INTO schema_version (version) VALUES (99)');
    const newer = await store.yoke(['restore', file, '--force']);
    assert.equal(newer.code, 1, newer.all);
    assert.match(newer.stderr, /schema version 99, and this program needs \d+: a newer server wrote it/);
    await store.script(`DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${SCHEMA[kind]}`);
    const replaced = await store.yoke(['restore', file, '--force']);
    assert.equal(replaced.code, 0, replaced.all);
    assert.equal((await store.yoke(['doctor'])).code, 0);
  });
}

let zip;
let source;

describe('from before there were checksums', () => {
  before(async () => {
    source = await Store.start('SQLite');
    const server = await source.serve();
    const roomId = await server.createRoom({ code: 'of today' });
    zip = join(source.dir, 'room.zip');
    const made = await source.yoke(['room', 'export', roomId, '--output', zip]);
    assert.equal(made.code, 0, made.all);
  });
  after(() => source?.stop());
  contract('SQLite');
  contract('PostgreSQL');
});
