// SPDX-License-Identifier: MIT
// A room's past: listed, read, brought back.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { YjsClient } from './lib/clients.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Server } from './lib/server.mjs';
import { until } from './lib/until.mjs';

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
      await until('it was compacted', () => new RegExp(`${roomId}.*compacted \\d+ rows`).test(server.output));
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
