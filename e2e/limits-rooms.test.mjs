// SPDX-License-Identifier: MIT
// More limits: what a room takes, and what a server holds.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as Y from 'yjs';
import WebSocket from 'ws';
import { YjsClient } from './lib/clients.mjs';
import { Server } from './lib/server.mjs';
import { lockSqlite } from './lib/stall.mjs';
import { sleep, until } from './lib/until.mjs';

const LIMITS = {
  pending_max_bytes: 65536,
  merge_steps_max: 1024,
  awareness_max_bytes: 4096,
  bytes_burst: 1048576,
  bytes_per_second: 1024,
  rooms_loaded_max: 12,
  name_max_chars: 40,
  store_backlog_max_bytes: 200000,
};

let server;
let calm;
let calmRoom;
before(async () => {
  const env = Object.fromEntries(
    Object.entries(LIMITS).map(([name, value]) => [`YOKE_LIMIT_${name.toUpperCase()}`, String(value)]),
  );
  server = await Server.start({ env });
  calmRoom = await server.createRoom({ code: 'calm' });
  calm = new YjsClient(server, calmRoom);
  await calm.synced();
});
after(async () => {
  assert.deepEqual(calm.closes, [], 'the other room was never disturbed');
  assert.equal(await server.roomCode(calmRoom), 'calm');
  calm.destroy();
  await server.stop();
});

/** A socket that speaks y-protocol and tells the code it is closed with. */
async function open(roomId) {
  const socket = new WebSocket(`${server.ws}/api/v1/yjs/${roomId}`);
  socket.closed = new Promise((resolve) => socket.on('close', (code, reason) => resolve({ code, reason: String(reason) })));
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  return socket;
}

function varUint(n) {
  const bytes = [];
  for (; n > 127; n = Math.floor(n / 128)) bytes.push((n % 128) | 128);
  return Buffer.from([...bytes, n]);
}

const message = (head, payload) => Buffer.concat([Buffer.from(head), varUint(payload.length), Buffer.from(payload)]);
const update = (payload) => message([0, 2], payload);

async function refused(payloads, code) {
  const roomId = await server.createRoom({ code: 'kept' });
  const socket = await open(roomId);
  for (const payload of [payloads].flat()) socket.send(payload);
  const closed = await Promise.race([socket.closed, sleep(10_000).then(() => ({ code: 0, reason: 'not closed' }))]);
  socket.terminate();
  assert.equal(closed.code, code, closed.reason);
  assert.ok(closed.reason.length > 10, 'with a reason');
  assert.equal(await server.roomCode(roomId), 'kept');
}

test('updates that wait for missing ones, past pending_max_bytes: 4409', async () => {
  const doc = new Y.Doc();
  doc.getText('t').insert(0, 'first');
  const known = Y.encodeStateVector(doc);
  doc.getText('t').insert(5, 'x'.repeat(100_000));
  await refused(update(Y.encodeStateAsUpdate(doc, known)), 4409);
});

test('a value nested deeper than 64: 4409', async () => {
  const doc = new Y.Doc();
  let value = 1;
  for (let i = 0; i < 100; i++) value = [value];
  doc.getMap('m').set('deep', value);
  await refused(update(Y.encodeStateAsUpdate(doc)), 4409);
});

test('an update that takes too many steps to merge: 4409', async () => {
  // All at one place; one with a greater client id has to pass all that are there.
  const at = (from, count) =>
    Y.mergeUpdates(
      Array.from({ length: count }, (_, i) => {
        const doc = new Y.Doc();
        doc.clientID = from + i;
        doc.getText('t').insert(0, String(i % 10));
        return Y.encodeStateAsUpdate(doc);
      }),
    );
  await refused([update(at(1000, 750)), update(at(250, 750)), update(at(9999, 1))], 4409);
});

test('an awareness message past awareness_max_bytes: 4413', async () => {
  const state = Buffer.from(JSON.stringify({ user: 'x'.repeat(5000) }));
  await refused(message([1], Buffer.concat([Buffer.from([1, 7, 1]), varUint(state.length), state])), 4413);
});

test('more bytes at once than bytes_burst: 4429', async () => {
  const roomId = await server.createRoom();
  const socket = await open(roomId);
  for (let i = 0; i < 12; i++) socket.send(Buffer.concat([Buffer.from([99]), Buffer.alloc(100_000)]));
  assert.equal((await socket.closed).code, 4429);
});

test('a name past name_max_chars, or one with control characters: 422', async () => {
  for (const name of ['n'.repeat(41), 'bad\u0007name']) {
    const answer = await server.api('POST', '/api/v1/rooms', {
      headers: { 'x-username': 'a', 'x-usermail': 'a@example.org', 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    });
    assert.equal(answer.status, 422, answer.text);
    assert.deepEqual(answer.json.detail[0].loc, ['body', 'name']);
  }
});

test('more rooms open than rooms_loaded_max: 503, and those that are open go on', async () => {
  const clients = [];
  let refusedWith;
  for (let i = 0; i < 14 && !refusedWith; i++) {
    const roomId = await server.createRoom();
    const answer = await server.api('GET', `/api/v1/rooms/${roomId}`);
    if (answer.status === 200) {
      clients.push(new YjsClient(server, roomId));
      await clients.at(-1).synced();
    } else {
      refusedWith = answer;
    }
  }
  assert.equal(refusedWith?.status, 503);
  assert.equal(typeof refusedWith.json.detail, 'string');
  assert.ok(clients.every((client) => client.provider.wsconnected));
  clients.forEach((client) => client.destroy());
});

test('edits past store_backlog_max_bytes while the store is stalled: 1013 and 503; what was taken is saved', async () => {
  const release = await lockSqlite(server);
  let taken = 'calm';
  for (let i = 0; i < 100 && calm.closes.length === 0; i++) {
    calm.text().insert(0, 'y'.repeat(10_000));
    taken = await server.roomCode(calmRoom);
    await sleep(10);
  }
  assert.ok(calm.closes.includes(1013), 'told to try again later');
  const put = await server.api('PUT', `/api/v1/rooms/${calmRoom}/files/more.txt`, {
    headers: { 'content-type': 'text/plain' },
    body: 'z'.repeat(60_000),
  });
  assert.equal(put.status, 503, put.text);
  assert.ok((await server.roomCode(calmRoom)).endsWith('calm'));
  assert.ok(taken.length > 100_000);
  await release();
  await until('the client comes back and everything is saved', async () => {
    const code = await server.roomCode(calmRoom);
    return code.length === calm.text().length;
  });
  calm.text().delete(0, calm.text().length - 4);
  await until('as before', async () => (await server.roomCode(calmRoom)) === 'calm');
  calm.closes.length = 0;
});
