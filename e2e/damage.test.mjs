// SPDX-License-Identifier: MIT
// Rooms whose stored bytes are damaged: refused by name, reported, exported as far as they can be read, never written.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import WebSocket from 'ws';
import * as Y from 'yjs';
import { Store } from './lib/store.mjs';

const run = promisify(execFile);

/** A member of a zip, as bytes; null when it is not there. */
async function unzip(file, member) {
  const script = 'import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nsys.stdout.buffer.write(z.read(sys.argv[2]))';
  return run('python3', ['-c', script, file, member], { encoding: 'buffer' }).then(
    ({ stdout }) => stdout,
    () => null,
  );
}

function contract(kind) {
  describe(`damage on ${kind}`, () => {
    let store, server;
    before(async () => {
      store = await Store.start(kind);
      server = await store.serve({ YOKE_LIMIT_ROOM_IDLE_MS: '0', YOKE_LIMIT_COMPACT_ROWS: '8' });
    });
    after(() => store?.stop());

    /** A room with a snapshot, a history and some rows in the log, put away. Gives the seqs of its log. */
    async function grownRoom() {
      const roomId = await server.createRoom({ name: 'Grown', code: 'line 0\n', user: 'ann' });
      for (let i = 1; i <= 45; i++)
        await server.api('PUT', `/api/v1/rooms/${roomId}/files/main.txt`, {
          body: Array.from({ length: i + 1 }, (_, n) => `line ${n}\n`).join(''),
          headers: { 'x-username': i % 2 ? 'ann' : 'bob' },
        });
      await putAway(roomId);
      // What follows must stay in the log: no compaction may be near.
      const inLog = async () => Number(await store.sql(`SELECT count(*) FROM room_updates WHERE room_id = '${roomId}'`));
      for (let pad = 0; (await inLog()) > 3; pad++) {
        await server.api('PUT', `/api/v1/rooms/${roomId}/files/pad.txt`, { body: `${pad}\n`, headers: { 'x-username': 'ann' } });
        await putAway(roomId);
      }
      await server.api('PUT', `/api/v1/rooms/${roomId}/files/b.txt`, { body: 'beside\n', headers: { 'x-username': 'ann' } });
      await server.api('PUT', `/api/v1/rooms/${roomId}/files/c.txt`, { body: 'third\n', headers: { 'x-username': 'ann' } });
      await putAway(roomId);
      const seqs = await store.sql(`SELECT seq FROM room_updates WHERE room_id = '${roomId}' ORDER BY seq`);
      assert.ok(Number(await store.sql(`SELECT count(*) FROM room_history WHERE room_id = '${roomId}'`)) > 0);
      return { roomId, seqs: seqs.split('\n').map(Number) };
    }

    async function putAway(roomId) {
      const deadline = Date.now() + 30_000;
      for (;;) {
        const { text } = await server.api('GET', '/metrics');
        if (/^yoke_rooms 0$/m.test(text)) return;
        if (Date.now() > deadline) throw new Error(`${roomId} is not put away`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }

    const rowsOf = (roomId) =>
      Promise.all(
        ['room_updates', 'room_history', 'room_snapshots'].map((table) =>
          store.sql(`SELECT ${kind === 'SQLite' ? 'seq, hex(payload)' : "seq, encode(payload, 'hex')"} FROM ${table} WHERE room_id = '${roomId}' ORDER BY seq`),
        ),
      );

    const flip = (table, where) =>
      kind === 'SQLite'
        ? store.sql(`UPDATE ${table} SET payload = CAST(replace(CAST(payload AS TEXT), 'third', 'thirk') AS BLOB) WHERE ${where}`)
        : store.sql(`UPDATE ${table} SET payload = set_byte(payload, length(payload) / 2, get_byte(payload, length(payload) / 2) # 1) WHERE ${where}`);

    /** What must hold of a room that is damaged; `what` is how it is told. */
    async function check(roomId, what, { readable }) {
      const stored = await rowsOf(roomId);
      const sound = await server.createRoom({ code: 'fine\n' });

      for (const path of ['', '/files', '/files/main.txt']) {
        const answer = await server.api('GET', `/api/v1/rooms/${roomId}${path}`);
        assert.equal(answer.status, 503, answer.text);
        assert.match(answer.json.detail, what);
        assert.match(answer.json.detail, new RegExp(`yoke room export ${roomId}`));
      }
      const put = await server.api('PUT', `/api/v1/rooms/${roomId}/files/main.txt`, { body: 'gone', headers: { 'x-username': 'eve' } });
      assert.equal(put.status, 503);
      const refused = await new Promise((resolve, reject) => {
        const socket = new WebSocket(`${server.ws}/api/v1/yjs/${roomId}`);
        socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
        socket.on('open', () => reject(new Error('it was let in')));
        socket.on('error', () => {});
      });
      assert.equal(refused, 503);
      assert.match(server.output, new RegExp(`${roomId}.*${what.source}`), 'the log says it');

      assert.equal(await server.roomCode(sound), 'fine\n', 'other rooms go on');

      const doctor = await store.yoke(['doctor']);
      assert.equal(doctor.code, 3, doctor.all);
      const report = doctor.stdout.split('\n');
      const line = report.findIndex((text) => text.startsWith(`DAMAGED ${roomId}`));
      assert.ok(line >= 0, doctor.stdout);
      assert.ok(report.some((text) => text.startsWith('ok') && text.includes(sound)), doctor.stdout);

      const zip = join(store.dir, `${roomId}.zip`);
      const made = await store.yoke(['room', 'export', roomId]);
      assert.equal(made.code, 3, made.all);
      const record = JSON.parse((await unzip(zip, 'room.json')).toString());
      assert.ok(record.problems.length > 0);
      for (const [path, pattern] of Object.entries(readable)) {
        const text = await unzip(zip, `files/${path}`);
        assert.match(String(text), pattern, path);
      }
      const doc = new Y.Doc();
      Y.applyUpdate(doc, await unzip(zip, 'document.yjs'));
      assert.ok(doc.getMap('files').size > 0);
      const target = await Store.start('SQLite');
      try {
        const imported = await target.yoke(['room', 'import', zip]);
        assert.equal(imported.code, 0, imported.all);
        const copy = await target.serve();
        assert.match((await copy.api('GET', `/api/v1/rooms/${roomId}/files/main.txt`)).text, readable['main.txt']);
      } finally {
        await target.stop();
      }

      const backup = await store.yoke(['backup', join(store.dir, `${roomId}.yoke`)]);
      assert.equal(backup.code, 3, 'a backup is made all the same, and says so');
      assert.deepEqual(await rowsOf(roomId), stored, 'what is stored is as it was');
      await server.api('DELETE', `/api/v1/rooms/${sound}`, { headers: { 'x-usermail': 'rahul@example.org', 'x-username': 'rahul' } });
      await store.sql(`DELETE FROM rooms WHERE id = '${roomId}'`);
      return { zip, report: report.slice(line, line + 4).join('\n') };
    }

    const WHOLE = /^line 0\n(line \d+\n)*line 45\n$/;

    test('a flipped byte in a row of the log', async () => {
      const { roomId, seqs } = await grownRoom();
      const seq = seqs.at(-1);
      const before = await rowsOf(roomId);
      await flip('room_updates', `seq = ${seq}`);
      assert.notDeepEqual(await rowsOf(roomId), before, 'the test did damage it');
      const { zip, report } = await check(roomId, new RegExp(`row ${seq} of its log is damaged`), {
        readable: { 'main.txt': WHOLE, 'b.txt': /^beside\n$/ },
      });
      assert.match(report, new RegExp(`row of the log ${seq} is damaged`));
      assert.ok(await unzip(zip, `damaged/log-${seq}.bin`), 'the damaged bytes are offered as they are');
      assert.equal(await unzip(zip, 'files/c.txt'), null);
    });

    test('a damaged snapshot: history and log still tell everything', async () => {
      const { roomId } = await grownRoom();
      await store.sql(`UPDATE room_snapshots SET crc = crc + 1 WHERE room_id = '${roomId}'`);
      await check(roomId, /its snapshot is damaged/, {
        readable: { 'main.txt': WHOLE, 'b.txt': /^beside\n$/, 'c.txt': /^third\n$/ },
      });
    });

    test('a missing row', async () => {
      const { roomId, seqs } = await grownRoom();
      await store.sql(`DELETE FROM room_updates WHERE room_id = '${roomId}' AND seq = ${seqs.at(-1)}`);
      const { report } = await check(roomId, /1 of \d+ rows of its log is missing/, {
        readable: { 'main.txt': WHOLE, 'b.txt': /^beside\n$/ },
      });
      assert.match(report, /1 of \d+ rows of the log is missing/);
    });

    test('a row of the history that is gone or damaged is found by doctor; the room itself still opens', async () => {
      const { roomId } = await grownRoom();
      const seq = await store.sql(`SELECT min(seq) FROM room_history WHERE room_id = '${roomId}'`);
      await store.sql(`DELETE FROM room_history WHERE room_id = '${roomId}' AND seq = ${seq}`);
      const gone = await store.yoke(['doctor', roomId]);
      assert.equal(gone.code, 3, gone.all);
      assert.match(gone.stdout, /1 of \d+ rows of the history is missing/);
      assert.match((await server.api('GET', `/api/v1/rooms/${roomId}/files/main.txt`)).text, WHOLE);
    });
  });
}

contract('SQLite');
contract('PostgreSQL');
