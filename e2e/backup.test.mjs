// SPDX-License-Identifier: MIT
// Backups: made while people type, restored into either kind of store, refused where they would do harm.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, readFile, readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { YjsClient } from './lib/clients.mjs';
import { Store } from './lib/store.mjs';

const run = promisify(execFile);

const OTHER = { SQLite: 'PostgreSQL', PostgreSQL: 'SQLite' };
const digestOf = ({ stdout }) => /sha256 ([0-9a-f]{64})/.exec(stdout)?.[1];

/** Runs a command with many halts, each long enough for people to type and for rooms to be compacted. */
const HALTING =
  '"$0" "$@" & p=$!; for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.015; kill -STOP $p; sleep 0.4; kill -CONT $p; done 2>/dev/null; wait $p';

/** All that a room shows to the outside. */
async function shown(server, roomId) {
  const get = async (path) => (await server.api('GET', `/api/v1/rooms/${roomId}${path}`)).json;
  const room = await get('');
  const { files } = await get('/files');
  const texts = await Promise.all(
    files.map(async ({ path }) => (await server.api('GET', `/api/v1/rooms/${roomId}/files/${path}`)).text),
  );
  const { points } = await get('/history');
  const moments = await Promise.all(points.slice(0, 3).map(({ seq }) => get(`/history/${seq}`)));
  return { room: { ...room, members: 0 }, files, texts, points, moments };
}

function contract(kind) {
  describe(`backup of ${kind}`, () => {
    let store, other, roomId, server;
    before(async () => {
      store = await Store.start(kind);
      other = await Store.start(OTHER[kind]);
      server = await store.serve({ YOKE_LIMIT_COMPACT_ROWS: '8' });
      roomId = await server.createRoom({ name: 'Räume', language: 'python', code: 'print(1)\n', user: 'ann' });
      for (let i = 0; i < 12; i++)
        await server.api('PUT', `/api/v1/rooms/${roomId}/files/lib/a${i % 3}.py`, {
          body: `print(${i})\n`,
          headers: { 'x-username': i % 2 ? 'ann' : 'bob' },
        });
    });
    after(async () => {
      await store?.stop();
      await other?.stop();
    });

    test('has all that was saved before it began, while people go on typing', async () => {
      const typists = await Promise.all(
        [0, 1, 2].map(async (i) => {
          const room = await server.createRoom({ code: '' });
          const client = new YjsClient(server, room, { protocols: ['yoke.v1'] });
          await client.synced();
          return { client, room, i, typed: '' };
        }),
      );
      const type = async (typist) => {
        const word = `${typist.i}:${typist.typed.length} `;
        typist.client.text().insert(typist.client.text().length, word);
        typist.typed += word;
        await typist.client.saved();
      };
      for (let n = 0; n < 20; n++) await Promise.all(typists.map(type));
      const saved = typists.map(({ typed }) => typed);
      let typing = true;
      const going = Promise.all(typists.map(async (typist) => { while (typing) await type(typist); }));
      // Somebody who says each number in one room, then in another: a backup of one moment has no number in the
      // second alone. Rooms are read in the order of their ids.
      const two = (await Promise.all([0, 1].map(() => server.createRoom({ code: '' })))).sort();
      const says = await Promise.all(
        two.map(async (room) => {
          const client = new YjsClient(server, room, { protocols: ['yoke.v1'] });
          await client.synced();
          return client;
        }),
      );
      const count = async () => {
        while (typing)
          for (const client of says) {
            client.text().insert(client.text().length, '.');
            await client.saved();
          }
      };
      const counting = count();
      const file = join(store.dir, 'live.yoke');
      const made = await store.yoke(['backup', file], { wrap: ['sh', '-c', HALTING] });
      typing = false;
      await going;
      await counting;
      assert.equal(made.code, 0, made.all);

      const target = await Store.start(kind);
      try {
        const restored = await target.yoke(['restore', file]);
        assert.equal(restored.code, 0, restored.all);
        assert.equal((await target.yoke(['doctor'])).code, 0);
        const copy = await target.serve();
        for (const [i, { room, typed }] of typists.entries()) {
          const text = await copy.roomCode(room);
          assert.ok(text.startsWith(saved[i]), `${i}: what was saved is there`);
          assert.ok(typed.startsWith(text), `${i}: and nothing that was not typed`);
        }
        const [first, second] = await Promise.all(two.map(async (room) => (await copy.roomCode(room)).length));
        assert.ok(first > 0 && first >= second, `one moment: ${first} in the first room, ${second} in the second`);
      } finally {
        await target.stop();
      }
      for (const client of says) client.destroy();
      for (const { client } of typists) client.destroy();
    });

    test('comes back the same, byte for byte, and by way of the other kind of store as well', async () => {
      const before = await shown(server, roomId);
      await store.stopServer();
      const first = join(store.dir, 'first.yoke');
      const made = await store.yoke(['backup', first]);
      assert.equal(made.code, 0, made.all);
      const digest = digestOf(made);
      assert.ok(digest, made.stdout);

      const there = await other.yoke(['restore', first]);
      assert.equal(there.code, 0, there.all);
      assert.equal(digestOf(there), digest);
      const copy = await other.serve();
      assert.deepEqual(await shown(copy, roomId), before);
      await other.stopServer();
      const second = join(store.dir, 'second.yoke');
      assert.equal(digestOf(await other.yoke(['backup', second])), digest);

      const back = await store.yoke(['restore', second, '--force']);
      assert.equal(back.code, 0, back.all);
      assert.equal(digestOf(await store.yoke(['backup', join(store.dir, 'third.yoke')])), digest);
      server = await store.serve();
      assert.deepEqual(await shown(server, roomId), before);
      // New rows do not take numbers that were given before.
      const last = before.points.at(-1).seq;
      await server.api('PUT', `/api/v1/rooms/${roomId}/files/new.txt`, { body: 'x', headers: { 'x-username': 'eve' } });
      const { points } = (await server.api('GET', `/api/v1/rooms/${roomId}/history`)).json;
      assert.ok(points.at(-1).seq > last);
      assert.equal(points.at(-1).author, 'eve');
    });

    test('is not restored over a server that runs, nor over rooms without --force', async () => {
      const file = join(store.dir, 'first.yoke');
      for (const [args, complaint] of [
        [['restore', file], /stop it|holds \d+ rooms/],
        [['restore', file, '--force'], /stop it/],
      ]) {
        const { code, stderr } = await store.yoke(args);
        assert.equal(code, 1);
        assert.match(stderr, complaint);
      }
      await store.stopServer();
      const { code, stderr } = await store.yoke(['restore', file]);
      assert.equal(code, 1);
      assert.match(stderr, /holds \d+ rooms.*--force/);
      server = await store.serve();
    });

    test('says what is wrong with a file, and touches nothing', async () => {
      await store.stopServer();
      const good = join(store.dir, 'first.yoke');
      const before = digestOf(await store.yoke(['backup', join(store.dir, 'before.yoke')]));
      const { size } = await stat(good);
      const bad = join(store.dir, 'bad.yoke');
      const flipped = await readFile(good);
      const at = flipped.indexOf('print(');
      assert.ok(at > 0);
      flipped[at] ^= 1;
      const holed = (await readFile(good)).fill(0, 8192, 12288); // the third page: a table of ours
      const foreign = (await readFile(good)).fill(7, 68, 72);
      const empty = await Store.start('SQLite');
      await (await empty.serve()).terminate();
      const database = await readFile(join(empty.dir, 'yoke.db'));
      await empty.stop();
      const cases = [
        [
          'cut',
          () => copyFile(good, bad).then(() => truncate(bad, size - 4096)),
          new RegExp(`is a damaged backup file: it ends at offset ${size - 4096}, and ${size} bytes were written; copy it again`),
        ],
        ['cut to its first bytes', () => copyFile(good, bad).then(() => truncate(bad, 50)), /damaged backup file: it ends at offset 50;/],
        ['one flipped bit', () => writeFile(bad, flipped), /damaged backup file: what .*; the first wrong checksum is that of (row of the|snapshot) .*; copy/],
        ['a page lost', () => writeFile(bad, holed), /damaged backup file: at offset 8192 \(/],
        ['empty', () => writeFile(bad, ''), /is no backup: it is empty/],
        ['something else', () => writeFile(bad, 'hello '.repeat(1000)), /is no backup, or its beginning \(offset 0\) is damaged/],
        ['of another program', () => writeFile(bad, foreign), /is no backup, but a database of another program/],
        ['no backup', () => writeFile(bad, database), /is no backup, or one that was not finished/],
        ['nothing', () => Promise.resolve(), /ENOENT|No such file/, join(store.dir, 'not-there.yoke')],
      ];
      for (const [what, make, complaint, name = bad] of cases) {
        await make();
        const { code, stderr } = await store.yoke(['restore', name, '--force']);
        assert.equal(code, 1, what);
        assert.match(stderr, complaint, what);
        assert.ok(stderr.includes(name), `${what}: the file is named`);
      }
      const again = await store.yoke(['backup', join(store.dir, 'again.yoke')]);
      assert.equal(digestOf(again), before);
      server = await store.serve();
    });

    test('is whole or not there: an existing file stays, and so it does when the disk is full', async () => {
      const file = join(store.dir, 'first.yoke');
      const before = await readFile(file);
      const { code, stderr } = await store.yoke(['backup', file]);
      assert.equal(code, 1);
      assert.match(stderr, /exists already.*--force/);
      // No file may grow beyond most of it (in blocks of 512 bytes), and the signal for it is ignored.
      const wrap = ['sh', '-c', `trap "" XFSZ; ulimit -f ${Math.floor((before.length * 0.8) / 512)}; exec "$0" "$@"`];
      const full = await store.yoke(['backup', file, '--force'], { wrap });
      assert.equal(full.code, 1, full.all);
      assert.match(full.stderr, /cannot write .*first\.yoke/);
      assert.deepEqual(await readFile(file), before);
      assert.deepEqual((await readdir(store.dir)).filter((name) => name.includes('partial')), []);
    });

    test('holds one room as a zip, which comes in under its own id or beside it', async () => {
      const zip = join(store.dir, 'room.zip');
      const made = await store.yoke(['room', 'export', roomId, '--output', zip]);
      assert.equal(made.code, 0, made.all);
      const taken = await store.yoke(['room', 'import', zip]);
      assert.equal(taken.code, 1);
      assert.match(taken.stderr, /already.*--new-id/);
      const beside = await store.yoke(['room', 'import', zip, '--new-id']);
      assert.equal(beside.code, 0, beside.all);
      const newId = /imported room (\S+),/.exec(beside.stdout)[1];
      assert.notEqual(newId, roomId);

      const target = await Store.start(OTHER[kind]);
      try {
        const inTarget = await target.yoke(['room', 'import', zip]);
        assert.equal(inTarget.code, 0, inTarget.all);
        assert.equal((await target.yoke(['doctor'])).code, 0);
        const copy = await target.serve();
        const [was, moved, own] = [await shown(server, roomId), await shown(server, newId), await shown(copy, roomId)];
        assert.deepEqual(moved.texts, was.texts);
        assert.deepEqual(own.texts, was.texts);
        const who = ({ points }) => points.map(({ author, updates, at }) => [author, updates, at]);
        assert.deepEqual(who(moved), who(was));
        assert.deepEqual(who(own), who(was));
        // Both go on.
        for (const [where, id] of [[server, newId], [copy, roomId]]) {
          const put = await where.api('PUT', `/api/v1/rooms/${id}/files/more.txt`, { body: 'more', headers: { 'x-username': 'eve' } });
          assert.ok(put.status < 300, put.text);
        }
      } finally {
        await target.stop();
      }
      assert.equal((await store.yoke(['doctor'])).code, 0);
      assert.match((await store.yoke(['doctor', roomId])).stdout, /^1 room, \d+ rows, 0 rooms damaged$/m);
    });

    test('of a room whose zip is damaged inside names the zip', async () => {
      const [zip, bad] = [join(store.dir, 'room.zip'), join(store.dir, 'bad.zip')];
      const break_ = 'import sys, zipfile\nold, new = zipfile.ZipFile(sys.argv[1]), zipfile.ZipFile(sys.argv[2], "w")\n'
        + 'for name in old.namelist():\n  data = old.read(name)\n'
        + '  new.writestr(name, data.replace(b"print(", b"prinx(") if name == "room.yoke" else data)\nnew.close()';
      await run('python3', ['-c', break_, zip, bad]);
      const { code, stderr } = await store.yoke(['room', 'import', bad, '--new-id']);
      assert.equal(code, 1);
      assert.ok(stderr.endsWith(`${bad} is damaged: its room.yoke is not what was exported; copy it again, or export the room again\n`), stderr);
      assert.doesNotMatch(stderr, /backup/);
    });

    test('names what it cannot do', async () => {
      for (const [args, complaint] of [
        [['backup'], /FILE is missing/],
        [['room', 'export'], /ROOM is missing/],
        [['room', 'export', '../etc'], /cannot be the id/],
        [['room', 'export', 'n'.repeat(20)], /there is no room/],
        [['room', 'sell', 'x'], /did you mean 'yoke room/],
        [['room', 'import', 'not-there.zip'], /not-there\.zip/],
        [['room', 'import', join(store.dir, 'first.yoke')], /cannot read .*first\.yoke/],
        [['doctor', 'n'.repeat(20)], /there is no room/],
        [['backup', join(store.dir, 'no', 'such', 'folder.yoke')], /No such file/],
      ]) {
        const { code, stderr } = await store.yoke(args);
        assert.ok(code === 1 || code === 2, args.join(' '));
        assert.match(stderr, complaint, args.join(' '));
      }
    });
  });
}

contract('SQLite');
contract('PostgreSQL');
