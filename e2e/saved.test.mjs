// SPDX-License-Identifier: MIT
// Saved means on disk: what was acknowledged is there after kill -9; nothing is acknowledged while the store is stalled.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PlainClient, YjsClient } from './lib/clients.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Server } from './lib/server.mjs';
import { lockPostgres, lockSqlite } from './lib/stall.mjs';
import { sleep, until } from './lib/until.mjs';

function contract(kind, startStore) {
  describe(`saved on ${kind}`, () => {
    let server;
    let store;
    before(async () => {
      store = await startStore();
      server = await Server.start({ env: { ...store.env, YOKE_LIMIT_SHUTDOWN_MS: '3000' } });
    });
    after(async () => {
      await server?.stop();
      await store?.stop();
    });

    test('an acknowledged edit survives kill -9, deletions included', async () => {
      const roomId = await server.createRoom({ code: 'keep this, not this' });
      const client = new YjsClient(server, roomId, { protocols: ['yoke.v1'] });
      await client.synced();
      assert.equal(client.provider.ws.protocol, 'yoke.v1');
      client.text().insert(0, 'typed ');
      await client.saved();
      client.text().delete(client.text().length - 10, 10);
      await client.saved();
      client.provider.disconnect();
      await server.kill();
      await server.spawn();
      assert.equal(await server.roomCode(roomId), 'typed keep this');
      client.destroy();
    });

    test('twenty kills in the middle of typing lose nothing that was acknowledged', async () => {
      const roomId = await server.createRoom({ code: '' });
      const acknowledged = [];
      for (let round = 0; round < 20; round++) {
        const client = new YjsClient(server, roomId, { protocols: ['yoke.v1'] });
        await client.synced();
        for (let i = 0; i < 5; i++) {
          const token = `<${round}.${i}>`;
          client.text().insert(client.text().length, token);
          await client.saved();
          acknowledged.push(token);
        }
        for (let i = 0; i < 10; i++) client.text().insert(client.text().length, `(${round}.${i})`);
        client.requestSaved();
        await sleep(round % 4);
        await server.kill();
        client.destroy();
        await server.spawn();
      }
      const code = await server.roomCode(roomId);
      for (const token of acknowledged) assert.equal(code.split(token).length, 2, `${token} stands once`);
    });

    test('nothing is acknowledged while the store is stalled, and all of it once it is back', async () => {
      const roomId = await server.createRoom({ code: '' });
      const [a, b] = [0, 1].map(() => new YjsClient(server, roomId, { protocols: ['yoke.v1'] }));
      await Promise.all([a.synced(), b.synced()]);
      const release = await store.stall(server);
      a.text().insert(0, 'typed meanwhile');
      const saved = a.requestSaved();
      await until('editing goes on', () => b.text().toString() === 'typed meanwhile', 3_000);
      await sleep(2_000);
      assert.equal(saved(), false, 'not acknowledged');
      const health = await server.api('GET', '/api/v1/health');
      assert.equal(health.status, 503, health.text);
      assert.equal((await server.api('GET', '/api/v1/liveness')).status, 200);
      await release();
      await until('acknowledged', saved);
      await until('healthy again', async () => (await server.api('GET', '/api/v1/health')).status === 200);
      await server.kill();
      await server.spawn();
      assert.equal(await server.roomCode(roomId), 'typed meanwhile');
      [a, b].forEach((client) => client.destroy());
    });

    test('an edit that changes nothing waits for the commit of what it repeats', async () => {
      const Y = await import('yjs');
      const roomId = await server.createRoom({ code: '' });
      const [a, b] = [0, 1].map(() => new YjsClient(server, roomId, { protocols: ['yoke.v1'] }));
      await Promise.all([a.synced(), b.synced()]);
      const release = await store.stall(server);
      a.text().insert(0, 'once');
      await until('b has it', () => b.text().toString() === 'once');
      b.provider.ws.send(Buffer.concat([Buffer.from([0, 2]), lengthPrefixed(Y.encodeStateAsUpdate(b.doc))]));
      const saved = b.requestSaved();
      await sleep(500);
      assert.equal(saved(), false);
      await release();
      await until('acknowledged', saved);
      [a, b].forEach((client) => client.destroy());
    });

    test('SIGTERM saves what is open, closes with 1001 and ends with 0', async () => {
      const roomId = await server.createRoom({ code: '' });
      const plain = await new PlainClient(server, roomId).open();
      plain.send('typed at the last moment');
      await sleep(50);
      assert.equal(await server.terminate(), 0, server.output);
      assert.equal((await plain.closed).code, 1001);
      await server.spawn();
      assert.equal(await server.roomCode(roomId), 'typed at the last moment');
    });

    test('a server that must end before everything is saved does not end with 0', async () => {
      const roomId = await server.createRoom({ code: '' });
      const client = new YjsClient(server, roomId, { protocols: ['yoke.v1'] });
      await client.synced();
      const release = await store.stall(server);
      client.text().insert(0, 'never saved');
      await sleep(200);
      assert.notEqual(await server.terminate(), 0);
      client.destroy();
      await release();
      await server.spawn();
    });

    test('a REST answer means on disk', async () => {
      const roomId = await server.createRoom({ code: 'x' });
      const put = await server.api('PUT', `/api/v1/rooms/${roomId}/files/notes/today.md`, {
        headers: { 'content-type': 'text/plain' },
        body: '# Today\r\n',
      });
      assert.equal(put.status, 201, put.text);
      await server.kill();
      await server.spawn();
      const file = await server.api('GET', `/api/v1/rooms/${roomId}/files/notes/today.md`);
      assert.equal(file.text, '# Today\n');
    });
  });
}

/** As lib0 writes it. */
function lengthPrefixed(bytes) {
  const head = [];
  let n = bytes.length;
  for (; n > 127; n >>>= 7) head.push((n & 127) | 128);
  return Buffer.concat([Buffer.from([...head, n]), bytes]);
}

contract('SQLite', async () => ({ env: {}, stall: lockSqlite, stop: async () => {} }));
contract('PostgreSQL', async () => {
  const pg = await Postgres.start();
  return { env: pg.env, stall: () => lockPostgres(pg), stop: () => pg.stop() };
});
