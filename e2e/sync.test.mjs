// SPDX-License-Identifier: MIT
// Unmodified Yjs clients of both major versions of y-websocket in one room.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as Y from 'yjs';
import { YjsClient, random, sameState } from './lib/clients.mjs';
import { Server } from './lib/server.mjs';
import { sleep, until } from './lib/until.mjs';

let server;
before(async () => (server = await Server.start()));
after(() => server.stop());

const WORDS = ['a', 'bc', ' ', '\n', 'é', '漢', '😀', 'function', '\t', '👩‍💻', '{}'];

/** One random edit of the shared text, of another type of our own, or of the files. */
function edit(rng, client) {
  const { doc } = client;
  const text = client.text();
  const dice = rng.int(10);
  if (dice < 6) {
    text.insert(rng.int(text.length + 1), rng.pick(WORDS));
  } else if (dice < 8 && text.length > 0) {
    const at = rng.int(text.length);
    text.delete(at, Math.min(text.length - at, 1 + rng.int(4)));
  } else if (dice === 8) {
    const list = doc.getArray('list');
    if (list.length > 3 && rng.int(2)) list.delete(rng.int(list.length), 1);
    else list.insert(rng.int(list.length + 1), [rng.int(1000), { nested: [true, null, 'x'] }]);
  } else {
    doc.getMap('anything').set(rng.pick(['k1', 'k2', 'k3']), new Y.Map([['v', rng.int(1000)]]));
  }
}

async function session(seed, versions) {
  const rng = random(seed);
  const roomId = await server.createRoom({ language: 'python', code: 'print("start")\n' });
  const clients = versions.map((version) => new YjsClient(server, roomId, { version }));
  try {
    await Promise.all(clients.map((client) => client.synced()));
    for (let round = 0; round < 60; round++) {
      const client = rng.pick(clients);
      if (rng.int(20) === 0) client.provider.disconnect();
      for (let i = rng.int(6); i >= 0; i--) edit(rng, client);
      if (rng.int(4) === 0) clients.forEach((c) => c.provider.connect());
      if (rng.int(3) === 0) await sleep(rng.int(6));
    }
    clients.forEach((c) => c.provider.connect());
    await until(
      `byte-equal state (seed ${seed})`,
      () => clients.every((c) => c.provider.synced) && clients.every((c) => sameState(c.doc, clients[0].doc)),
    );
    const late = new YjsClient(server, roomId, { version: 'v2' });
    clients.push(late);
    await late.synced();
    await until(`a late comer has the same state (seed ${seed})`, () => sameState(late.doc, clients[0].doc));
    assert.equal(await server.roomCode(roomId), clients[0].text().toString());
  } finally {
    clients.forEach((client) => client.destroy());
  }
}

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`clients of y-websocket 2 and 3 end with byte-equal state, seed ${seed}`, () =>
    session(seed, ['v3', 'v2', 'v3', 'v2']));
}

test('the same path with the sub-protocol yjs serves an unmodified client', async () => {
  const roomId = await server.createRoom({ code: 'hello' });
  const client = new YjsClient(server, roomId, { path: '/api/v1/ws', protocols: ['yjs'] });
  await client.synced();
  assert.equal(client.provider.ws.protocol, 'yjs');
  assert.equal(client.text().toString(), 'hello');
  client.destroy();
});

test('presence reaches the others, goes when a connection ends, and comes back with it', async () => {
  const roomId = await server.createRoom();
  const [a, b] = ['v3', 'v2'].map((version) => new YjsClient(server, roomId, { version }));
  await Promise.all([a.synced(), b.synced()]);
  a.provider.awareness.setLocalStateField('user', { name: 'Ann' });
  const seen = () => b.provider.awareness.getStates().get(a.doc.clientID)?.user?.name;
  await until('b sees Ann', () => seen() === 'Ann');
  a.provider.ws.terminate(); // as a lost network does it: without a word
  await until('Ann is gone', () => seen() === undefined, 5_000);
  await until('Ann is back, sooner than she renews her state', () => seen() === 'Ann', 5_000);
  a.destroy();
  await until('Ann is gone for good', () => seen() === undefined, 5_000);
  b.destroy();
});

test('nobody can speak for another connection’s client id', async () => {
  const roomId = await server.createRoom();
  const [a, b, spy] = [0, 1, 2].map(() => new YjsClient(server, roomId));
  await Promise.all([a.synced(), b.synced(), spy.synced()]);
  a.provider.awareness.setLocalStateField('user', { name: 'Ann' });
  await until('the spy sees Ann', () => spy.provider.awareness.getStates().get(a.doc.clientID)?.user?.name === 'Ann');
  // b claims to be a, with a clock far ahead.
  const { encodeAwarenessUpdate } = await import('y-protocols/awareness');
  const { createEncoder, writeVarUint, writeVarUint8Array, toUint8Array } = await import('lib0/encoding');
  const fake = encodeAwarenessUpdate(
    { states: new Map([[a.doc.clientID, { user: { name: 'Mallory' } }]]), meta: new Map([[a.doc.clientID, { clock: 9999 }]]) },
    [a.doc.clientID],
  );
  const encoder = createEncoder();
  writeVarUint(encoder, 1);
  writeVarUint8Array(encoder, fake);
  b.provider.ws.send(toUint8Array(encoder));
  await sleep(300);
  assert.equal(spy.provider.awareness.getStates().get(a.doc.clientID)?.user?.name, 'Ann');
  [a, b, spy].forEach((client) => client.destroy());
});

test('a quiet client stays connected: its own presence comes back as data', async () => {
  const roomId = await server.createRoom();
  const client = new YjsClient(server, roomId);
  await client.synced();
  const before = client.provider.wsLastMessageReceived;
  await sleep(20);
  client.provider.awareness.setLocalStateField('user', { name: 'echo' });
  await until('a data frame in answer', () => client.provider.wsLastMessageReceived > before, 3_000);
  client.destroy();
});
