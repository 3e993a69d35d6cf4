// SPDX-License-Identifier: MIT
// A room's past: listed, read, brought back.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { YjsClient } from './lib/clients.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Server } from './lib/server.mjs';
import { Store } from './lib/store.mjs';
import { sleep, until } from './lib/until.mjs';

function contract(kind, startStore) {
  describe(`history on ${kind}`, () => {
    let server, store;
    before(async () => {
      store = await startStore();
      server = await Server.start({ env: { ...store?.env, YOKE_LIMIT_COMPACT_ROWS: '8', YOKE_LOG_LEVEL: 'debug' } });
    });
    after(async () => {
      await server?.stop();
      await store?.stop();
    });

    const get = (path) => server.api('GET', `/api/v1/rooms/${path}`);
    const put = (roomId, path, body, user) =>
      server.api('PUT', `/api/v1/rooms/${roomId}/files/${path}`, { body, headers: { 'x-username': user } });
    const restore = (roomId, seq, user) =>
      server.api('POST', `/api/v1/rooms/${roomId}/history/${seq}/restore`, { headers: { 'x-username': user } });

    test('says who wrote when, one point for each person’s go', async () => {
      const roomId = await server.createRoom({ code: 'one\n', user: 'ann' });
      await put(roomId, 'main.txt', 'one\ntwo\n', 'ann');
      await put(roomId, 'main.txt', 'one\ntwo\nthree\n', 'bob');
      await put(roomId, 'main.txt', 'one\ntwo\nthree\nfour\n', 'bob');
      const answer = await get(`${roomId}/history`);
      assert.equal(answer.status, 200, answer.text);
      const { points } = answer.json;
      assert.deepEqual(points.map(({ author, updates }) => [author, updates]), [['ann', 2], ['bob', 2]]);
      for (const { from, at, bytes, link, seq } of points) {
        assert.ok(Date.parse(from) <= Date.parse(at) && Date.parse(at) <= Date.now() + 1000);
        assert.ok(bytes > 0);
        assert.equal(link, `/api/v1/rooms/${roomId}/history/${seq}`);
      }
      const [first, last] = points;
      assert.equal((await server.api('GET', first.link)).json.files[0].text, 'one\ntwo\n');
      assert.equal((await server.api('GET', last.link)).json.files[0].text, 'one\ntwo\nthree\nfour\n');
      // Each update is a moment, too.
      assert.equal((await get(`${roomId}/history/${last.seq - 1}`)).json.files[0].text, 'one\ntwo\nthree\n');
    });

    test('keeps what compaction moved away, and what was typed by a Yjs client', async () => {
      const roomId = await server.createRoom({ code: '' });
      const client = new YjsClient(server, roomId, { protocols: ['yoke.v1'] });
      await client.synced();
      for (let i = 0; i < 30; i++) {
        client.text().insert(client.text().length, `${i} `);
        await client.saved();
      }
      client.destroy();
      await until('it was compacted', () => new RegExp(`${roomId}.*compacted \\d+ rows?`).test(server.output));
      const { points } = (await get(`${roomId}/history`)).json;
      assert.equal(points.reduce((sum, { updates }) => sum + updates, 0), 31);
      const last = points.at(-1).seq;
      const whole = Array.from({ length: 30 }, (_, i) => `${i} `).join('');
      assert.equal((await get(`${roomId}/history/${last}`)).json.files[0].text, whole);
    });

    test('brings files back as an edit that everybody sees and nothing is lost by', async () => {
      const roomId = await server.createRoom({ name: 'Before', code: 'keep\n', user: 'ann' });
      await put(roomId, 'lib/a.py', 'print(1)\n', 'ann');
      const then = (await get(`${roomId}/history`)).json.points.at(-1).seq;
      await put(roomId, 'lib/a.py', 'print(2)\n', 'bob');
      await put(roomId, 'new.txt', 'new\n', 'bob');
      await server.api('DELETE', `/api/v1/rooms/${roomId}/files/main.txt`, { headers: { 'x-username': 'bob' } });
      await server.api('PATCH', `/api/v1/rooms/${roomId}`, {
        body: JSON.stringify({ name: 'After' }),
        headers: { 'content-type': 'application/json' },
      });
      const before = (await get(`${roomId}/history`)).json.points.at(-1).seq;
      const client = new YjsClient(server, roomId);
      await client.synced();

      const answer = await restore(roomId, then, 'cat');
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.json.seq, then);
      assert.deepEqual(
        (await get(`${roomId}/files`)).json.files.map(({ path, main }) => [path, main]),
        [['lib/a.py', false], ['main.txt', true]],
      );
      assert.equal((await get(`${roomId}/files/lib/a.py`)).text, 'print(1)\n');
      assert.equal((await get(`${roomId}/files/main.txt`)).text, 'keep\n');
      await until('who is in the room has it', () => {
        const files = [...client.doc.getMap('files').values()];
        return files.map((file) => file.get('path')).sort().join() === 'lib/a.py,main.txt';
      });
      assert.equal(client.doc.getMap('meta').get('title'), 'Before');
      client.destroy();
      const last = (await get(`${roomId}/history`)).json.points.at(-1);
      assert.equal(last.author, 'cat');
      assert.deepEqual(
        (await get(`${roomId}/history/${before}`)).json.files.map(({ path, text }) => [path, text]),
        [['lib/a.py', 'print(2)\n'], ['new.txt', 'new\n']],
      );
      await server.kill();
      await server.spawn();
      assert.equal((await get(`${roomId}/files/lib/a.py`)).text, 'print(1)\n');
    });

    test('is listed page by page', async () => {
      const roomId = await server.createRoom({ code: '', user: 'ann' });
      for (let i = 0; i < 12; i++) await put(roomId, 'main.txt', `${i}\n`, i % 2 ? 'ann' : 'bob');
      const { points: all, next: none } = (await get(`${roomId}/history`)).json;
      assert.equal(none, null);
      assert.equal(all.length, 13);
      const paged = [];
      const sizes = [];
      for (let path = `/api/v1/rooms/${roomId}/history?limit=5`; path; ) {
        const { points, next } = (await server.api('GET', path)).json;
        paged.push(...points);
        sizes.push(points.length);
        path = next && `${next}&limit=5`;
      }
      assert.deepEqual(paged, all);
      assert.deepEqual(sizes, [5, 5, 3]);
      const last = all.at(-1).seq;
      assert.deepEqual((await get(`${roomId}/history?after=${last}`)).json, { points: [], next: null });
      for (const query of ['limit=0', 'limit=x', 'limit=1001', 'limit=-1', 'after=x', 'after=1e3', 'limit=']) {
        const answer = await get(`${roomId}/history?${query}`);
        assert.equal(answer.status, 422, `${query}: ${answer.text}`);
        assert.match(answer.json.detail, /whole number/);
      }
    });

    test('says clearly what there is not', async () => {
      const roomId = await server.createRoom({ code: 'x' });
      for (const seq of ['0', 'x', '-1', '1e3', '99999999999999999999']) {
        const answer = await get(`${roomId}/history/${seq}`);
        assert.equal(answer.status, 404, `${seq}: ${answer.text}`);
        assert.match(answer.json.detail, /moment/);
      }
      assert.equal((await restore(roomId, 'x', 'ann')).status, 404);
      for (const path of ['history', 'history/1', 'history/1/restore']) {
        const method = path.endsWith('restore') ? 'POST' : 'GET';
        const answer = await server.api(method, `/api/v1/rooms/${'n'.repeat(20)}/${path}`);
        assert.equal(answer.status, 404);
        assert.match(answer.json.detail, /room/);
      }
      assert.equal((await server.api('POST', `/api/v1/rooms/${roomId}/history`)).status, 405);
      const foreign = await server.api('POST', `/api/v1/rooms/${roomId}/history/1/restore`, {
        headers: { origin: 'https://elsewhere.example' },
      });
      assert.equal(foreign.status, 403);
    });
  });
}

contract('SQLite', async () => null);
contract('PostgreSQL', () => Postgres.start());

for (const kind of ['SQLite', 'PostgreSQL'])
  test(`a large history on ${kind} is thinned out, and what is left says what it said`, async () => {
    const store = await Store.start(kind);
    try {
      const server = await store.serve({
        YOKE_LIMIT_COMPACT_ROWS: '8',
        YOKE_LIMIT_HISTORY_KEEP_BYTES: '4096',
        YOKE_LIMIT_HISTORY_KEEP_MS: '0',
        YOKE_LIMIT_HISTORY_MERGE_MS: '200',
        YOKE_LIMIT_HISTORY_REPLAY_MAX_BYTES: '65536',
      });
      const roomId = await server.createRoom({ code: '', user: 'ann' });
      const path = `/api/v1/rooms/${roomId}`;
      const put = async (lines, user) => {
        const body = Array.from({ length: lines }, (_, n) => `line ${n}\n`).join('');
        const answer = await server.api('PUT', `${path}/files/main.txt`, { body, headers: { 'x-username': user } });
        assert.ok(answer.status < 300, answer.text);
      };
      for (let i = 1; i <= 100; i++) await put(i, Math.floor(i / 5) % 2 ? 'ann' : 'bob');
      const rows = async () => Number(await store.sql(`SELECT history_rows FROM rooms WHERE id = '${roomId}'`));
      await until('old rows were put together', async () => (await rows()) <= 32 && /put \d+ old rows/.test(server.output));
      const inLog = Number(await store.sql(`SELECT count(*) FROM room_updates WHERE room_id = '${roomId}'`));
      assert.ok(inLog < 100);

      const { points } = (await server.api('GET', `${path}/history`)).json;
      assert.equal(points.reduce((sum, { updates }) => sum + updates, 0), 101, 'every update is still told of');
      const by = { ann: 1, bob: 0 };
      for (let i = 1; i <= 100; i++) by[Math.floor(i / 5) % 2 ? 'ann' : 'bob']++;
      for (const [name, count] of Object.entries(by))
        assert.equal(points.reduce((sum, { author, updates }) => sum + (author === name ? updates : 0), 0), count, `${name} wrote`);
      let updates = 0;
      for (const point of points) {
        updates += point.updates;
        assert.ok(Date.parse(point.from) <= Date.parse(point.at));
        const { text } = (await server.api('GET', point.link)).json.files[0];
        assert.equal(text, Array.from({ length: updates - 1 }, (_, n) => `line ${n}\n`).join(''), `after ${updates}`);
      }
      assert.equal((await store.yoke(['doctor'])).code, 0, 'the history still tells all that the document has');

      const body = 'x'.repeat(70_000);
      await server.api('PUT', `${path}/files/big.txt`, { body, headers: { 'x-username': 'ann' } });
      const last = (await server.api('GET', `${path}/history`)).json.points.at(-1);
      const refused = await server.api('GET', last.link);
      assert.equal(refused.status, 413);
      assert.match(refused.json.detail, /history_replay_max_bytes/);
    } finally {
      await store.stop();
    }
  });

test('a history is left alone while it is small, or young', async (t) => {
  for (const [what, limits] of [
    ['small', { YOKE_LIMIT_HISTORY_KEEP_MS: '0' }],
    ['young', { YOKE_LIMIT_HISTORY_KEEP_BYTES: '4096' }],
  ]) {
    const server = await Server.start({ env: { YOKE_LIMIT_COMPACT_ROWS: '8', YOKE_LOG_LEVEL: 'debug', ...limits } });
    t.after(() => server.stop());
    const roomId = await server.createRoom({ code: '', user: 'ann' });
    for (let i = 1; i <= 60; i++) {
      const body = 'line\n'.repeat(i);
      await server.api('PUT', `/api/v1/rooms/${roomId}/files/main.txt`, { body, headers: { 'x-username': 'ann' } });
    }
    const compacted = () => server.output.match(/compacted \d+ rows?/g)?.length ?? 0;
    await until('it was compacted', () => compacted() > 0);
    // Each compaction asks for a look at the history's size: one more, and time for what would come of it.
    const before = compacted();
    for (let i = 0; i < 9; i++)
      await server.api('PUT', `/api/v1/rooms/${roomId}/files/f${i}.txt`, { body: 'x', headers: { 'x-username': 'ann' } });
    await until('and once more', () => compacted() > before);
    await sleep(2500);
    assert.doesNotMatch(server.output, /put \d+ old rows/, what);
  }
});
