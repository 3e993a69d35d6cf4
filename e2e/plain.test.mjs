// SPDX-License-Identifier: MIT
// The plain-text protocol: whole texts, merged, beside Yjs clients in the same room.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { PlainClient, YjsClient } from './lib/clients.mjs';
import { Server } from './lib/server.mjs';
import { sleep, until } from './lib/until.mjs';

let server;
before(async () => (server = await Server.start()));
after(() => server.stop());

test('the first message is the main file’s whole text', async () => {
  const roomId = await server.createRoom({ code: 'one\ntwo\n' });
  const client = await new PlainClient(server, roomId, { headers: { origin: 'http://localhost:3000' } }).open();
  assert.deepEqual(client.texts, ['one\ntwo\n']);
  client.destroy();
});

test('plain-text and Yjs clients see each other’s edits', async () => {
  const roomId = await server.createRoom({ code: 'hello' });
  const plain = await new PlainClient(server, roomId).open();
  const other = await new PlainClient(server, roomId).open();
  const yjs = new YjsClient(server, roomId);
  await yjs.synced();
  plain.send('hello world');
  await until('the Yjs client has it', () => yjs.text().toString() === 'hello world');
  await until('the other plain client has it', () => other.text === 'hello world');
  assert.deepEqual(plain.texts, ['hello'], 'the sender is not told what it knows');
  yjs.text().insert(0, '😀 ');
  await until('both plain clients have it', () => [plain, other].every((c) => c.text === '😀 hello world'));
  [plain, other, yjs].forEach((client) => client.destroy());
});

test('a text sent from an old screen erases nobody’s typing', async () => {
  const roomId = await server.createRoom({ code: 'start\n' });
  const plain = await new PlainClient(server, roomId).open();
  const yjs = new YjsClient(server, roomId);
  await yjs.synced();
  yjs.text().insert(6, 'typed by Yjs\n');
  await until('the edit has arrived', () => plain.text === 'start\ntyped by Yjs\n');
  plain.send('# first line\nstart\n'); // still edits the text it got first
  const want = '# first line\nstart\ntyped by Yjs\n';
  await until('both edits stand', () => yjs.text().toString() === want);
  await until('the sender gets the result too', () => plain.text === want);
  [plain, yjs].forEach((client) => client.destroy());
});

test('only what changed is edited: a cursor elsewhere in the text stays where it is', async () => {
  const Y = await import('yjs');
  const roomId = await server.createRoom({ code: 'aaaa bbbb cccc' });
  const plain = await new PlainClient(server, roomId).open();
  const yjs = new YjsClient(server, roomId);
  await yjs.synced();
  const at = Y.createRelativePositionFromTypeIndex(yjs.text(), 6);
  plain.send('aaXaa bbbb ccYcc');
  await until('the edit has arrived', () => yjs.text().toString() === 'aaXaa bbbb ccYcc');
  assert.equal(Y.createAbsolutePositionFromRelativePosition(at, yjs.doc).index, 7);
  [plain, yjs].forEach((client) => client.destroy());
});

test('CRLF becomes LF, and the sender is told nothing new', async () => {
  const roomId = await server.createRoom({ code: '' });
  const plain = await new PlainClient(server, roomId).open();
  plain.send('a\r\nb\rc\n');
  await until('it is stored', async () => (await server.roomCode(roomId)) === 'a\nb\nc\n');
  plain.destroy();
});

test('a binary frame on a plain-text connection closes with 1003', async () => {
  const roomId = await server.createRoom();
  const plain = await new PlainClient(server, roomId).open();
  plain.socket.send(Buffer.from([0, 0, 1, 0]));
  assert.equal((await plain.closed).code, 1003);
});

test('a text frame on a y-protocol connection closes with 1003', async () => {
  const roomId = await server.createRoom();
  const socket = new WebSocket(`${server.ws}/api/v1/yjs/${roomId}`);
  const closed = new Promise((resolve) => socket.on('close', resolve));
  await new Promise((resolve) => socket.on('open', resolve));
  socket.send('text');
  assert.equal(await closed, 1003);
});

test('ten plain-text clients that type at once lose nothing', async () => {
  const roomId = await server.createRoom({ code: '' });
  const clients = await Promise.all(Array.from({ length: 10 }, () => new PlainClient(server, roomId).open()));
  for (let round = 0; round < 10; round++) {
    clients.forEach((client, i) => client.send(`${client.screen}<${i}.${round}>\n`));
    await sleep(30);
  }
  const text = await until('all tokens have arrived', async () => {
    const code = await server.roomCode(roomId);
    return code.split('\n').length > 100 ? code : null;
  });
  for (let i = 0; i < 10; i++) {
    for (let round = 0; round < 10; round++) {
      assert.equal(text.split(`<${i}.${round}>`).length - 1, 1, `<${i}.${round}> stands once in\n${text}`);
    }
  }
  clients.forEach((client) => client.destroy());
});
