// SPDX-License-Identifier: MIT
// What bad input gets, one test a limit; afterwards another room is undisturbed and nothing is lost.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import WebSocket from 'ws';
import { PlainClient, YjsClient } from './lib/clients.mjs';
import { Server } from './lib/server.mjs';
import { sleep, until } from './lib/until.mjs';

const LIMITS = {
  header_timeout_ms: 1000,
  body_max_bytes: 65536,
  message_max_bytes: 131072,
  document_max_bytes: 200000,
  pending_max_bytes: 65536,
  messages_burst: 200,
  messages_per_second: 10,
  awareness_clients_max: 2,
  members_max: 5,
  outbox_max_bytes: 262144,
  files_max: 3,
};

let server;
let bystander;
let bystanderRoom;
let roomId;

before(async () => {
  const env = Object.fromEntries(
    Object.entries(LIMITS).map(([name, value]) => [`YOKE_LIMIT_${name.toUpperCase()}`, String(value)]),
  );
  server = await Server.start({ env });
  bystanderRoom = await server.createRoom({ code: 'calm' });
  bystander = new YjsClient(server, bystanderRoom);
  await bystander.synced();
  roomId = await server.createRoom({ code: 'precious' });
});
after(async () => {
  bystander.destroy();
  await server.stop();
});
afterEach(async () => {
  assert.equal(bystander.provider.wsconnected, true, 'the other room is undisturbed');
  assert.deepEqual(bystander.closes, []);
  bystander.text().insert(0, '.');
  await until('the other room goes on', async () => (await server.roomCode(bystanderRoom)) === bystander.text().toString());
});

/** Sends raw bytes; resolves with all that came back once the server closed, or after `ms`. */
function raw(bytes, { ms = 4_000, gap = 0 } = {}) {
  return new Promise((resolve) => {
    const socket = connect(server.port, '127.0.0.1');
    let answer = Buffer.alloc(0);
    const end = (closed) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text: answer.toString('latin1'), bytes: answer, closed });
    };
    const timer = setTimeout(() => end(false), ms);
    socket.on('data', (data) => (answer = Buffer.concat([answer, data])));
    socket.on('end', () => end(true));
    socket.on('error', () => end(true));
    socket.on('connect', async () => {
      for (const part of [bytes].flat()) {
        if (!socket.destroyed) socket.write(part);
        if (gap) await sleep(gap);
      }
    });
  });
}

const request = (line, headers = [], body = '') =>
  `${line} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n${headers.map((h) => `${h}\r\n`).join('')}\r\n${body}`;

const upgrade = (path) =>
  request(`GET ${path}`, [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ]);

/** Upgrades, sends one raw frame, and returns the close code that came back. */
async function closeCodeAfter(frame, path = `/api/v1/yjs/${roomId}`) {
  const { bytes, closed } = await raw([Buffer.from(upgrade(path)), frame], { gap: 100 });
  const body = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
  assert.equal(bytes.subarray(0, 12).toString(), 'HTTP/1.1 101');
  for (let at = 0; at + 2 <= body.length; ) {
    let len = body[at + 1] & 127;
    let head = 2;
    if (len === 126) [len, head] = [body.readUInt16BE(at + 2), 4];
    if (len === 127) [len, head] = [Number(body.readBigUInt64BE(at + 2)), 10];
    if ((body[at] & 15) === 8) {
      assert.equal(closed, true, 'the connection is closed');
      return body.readUInt16BE(at + head);
    }
    at += head + len;
  }
  return assert.fail('no close frame');
}

function masked(opcode, payload, { fin = true, rsv = 0 } = {}) {
  const data = Buffer.from(payload);
  const head = [(fin ? 0x80 : 0) | rsv | opcode];
  if (data.length < 126) head.push(0x80 | data.length);
  else head.push(0x80 | 126, data.length >> 8, data.length & 255);
  return Buffer.concat([Buffer.from(head), Buffer.from([0, 0, 0, 0]), data]);
}

test('a header past header_max_bytes: 400', async () => {
  const { text } = await raw(request('GET /api/v1/liveness', [`X-Long: ${'a'.repeat(20_000)}`]));
  assert.match(text, /^HTTP\/1\.1 (400|431) /);
});

test('a body past body_max_bytes: 413 with the reason', async () => {
  const answer = await server.api('POST', '/api/v1/autocomplete', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: 'x'.repeat(70_000), cursorPosition: 1, language: 'c' }),
  });
  assert.equal(answer.status, 413);
});

test('a header that never ends is closed in time', async () => {
  const { closed } = await raw(['GET / HTTP/1.1\r\n', ...Array(20).fill('X: y\r\n')], { gap: 200, ms: 3_500 });
  assert.equal(closed, true);
});

test('two Content-Length headers: 400 and closed', async () => {
  const { text, closed } = await raw(
    request('POST /api/v1/autocomplete', ['Content-Type: application/json', 'Content-Length: 2', 'Content-Length: 40'], '{}'),
  );
  assert.match(text, /^HTTP\/1\.1 400 /);
  assert.equal(closed, true);
});

test('Content-Length with Transfer-Encoding: 400 and closed', async () => {
  const { text, closed } = await raw(
    request('POST /api/v1/autocomplete', ['Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\n'),
  );
  assert.match(text, /^HTTP\/1\.1 400 /);
  assert.equal(closed, true);
});

test('bytes that are not HTTP: 400 or closed', async () => {
  const { text, closed } = await raw('\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n');
  assert.ok(closed || text.startsWith('HTTP/1.1 400'));
});

test('an unmasked frame closes with 1002', async () => {
  assert.equal(await closeCodeAfter(Buffer.from([0x82, 2, 0, 0])), 1002);
});

test('a reserved bit closes with 1002', async () => {
  assert.equal(await closeCodeAfter(masked(2, [0, 0], { rsv: 0x40 })), 1002);
});

test('an unknown opcode closes with 1002', async () => {
  assert.equal(await closeCodeAfter(masked(3, [0])), 1002);
});

test('a continuation without a beginning closes with 1002', async () => {
  assert.equal(await closeCodeAfter(masked(0, [0])), 1002);
});

test('a fragmented ping closes with 1002', async () => {
  assert.equal(await closeCodeAfter(masked(9, [0], { fin: false })), 1002);
});

test('text that is not UTF-8 closes with 1007', async () => {
  assert.equal(await closeCodeAfter(masked(1, [0xc3, 0x28]), `/api/v1/ws/${roomId}`), 1007);
});

test('a message past message_max_bytes closes with 1009 before it is sent', async () => {
  const head = Buffer.alloc(14);
  head[0] = 0x82;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(1n << 40n, 2);
  assert.equal(await closeCodeAfter(head), 1009);
});

test('a malformed update closes with 4400', async () => {
  assert.equal(await closeCodeAfter(masked(2, [0, 2, 4, 1, 1, 255, 255])), 4400);
});

test('an update that states a huge run is refused at once', async () => {
  const started = Date.now();
  // One client, 2^31 structs stated.
  const update = [1, 0xff, 0xff, 0xff, 0xff, 0x7, 1, 0];
  assert.equal(await closeCodeAfter(masked(2, [0, 2, update.length, ...update])), 4400);
  assert.ok(Date.now() - started < 2_000);
});

test('a malformed state vector closes with 4400', async () => {
  assert.equal(await closeCodeAfter(masked(2, [0, 0, 2, 9, 9])), 4400);
});

test('an unknown sync type and an unfinished message close with 4400', async () => {
  assert.equal(await closeCodeAfter(masked(2, [0, 7, 0])), 4400);
  assert.equal(await closeCodeAfter(masked(2, [0, 2, 50, 1])), 4400);
});

test('a client whose update is refused for good does not come back with it', async () => {
  const client = new YjsClient(server, roomId);
  await client.synced();
  client.provider.ws.send(Buffer.from([0, 2, 3, 1, 1, 1]));
  await until('closed for good', () => client.closes.includes(4400));
  await sleep(700);
  assert.equal(client.closes.length, 1, 'y-websocket 3 takes 44xx as final');
  client.destroy();
});

test('a room past document_max_bytes: closed with 4413, and over REST 413', async () => {
  const full = await server.createRoom({ code: 'small' });
  const client = new YjsClient(server, full);
  await client.synced();
  for (let i = 0; i < 3; i++) client.text().insert(0, 'x'.repeat(80_000));
  await until('closed', () => client.closes.includes(4413));
  client.destroy();
  const text = await server.roomCode(full);
  assert.ok(text.length <= 200_000 && text.endsWith('small'), 'what fitted is kept');
  const put = await server.api('PUT', `/api/v1/rooms/${full}/files/big.txt`, {
    headers: { 'content-type': 'text/plain' },
    body: 'y'.repeat(60_000),
  });
  assert.equal(put.status, 413, put.text);
});

test('a flood of messages closes with 4429', async () => {
  const client = new YjsClient(server, roomId);
  await client.synced();
  for (let i = 0; i < 400; i++) client.provider.ws.send(Buffer.from([3]));
  await until('closed', () => client.closes.includes(4429));
  client.destroy();
});

test('more awareness clients than one connection may have: 4429', async () => {
  const entry = (client) => [client, 1, 2, 0x7b, 0x7d];
  const awareness = [3, ...entry(1), ...entry(2), ...entry(3)];
  assert.equal(await closeCodeAfter(masked(2, [1, awareness.length, ...awareness])), 4429);
});

test('more members than a room may have: refused at the upgrade with 503', async () => {
  const busy = await server.createRoom();
  const clients = await Promise.all(Array.from({ length: 5 }, () => new PlainClient(server, busy).open()));
  const { text } = await raw(upgrade(`/api/v1/ws/${busy}`), { ms: 500 });
  assert.match(text, /^HTTP\/1\.1 503 /);
  assert.match(text, /"detail"/);
  clients.forEach((client) => client.destroy());
});

test('a connection that does not read is closed, and the others get everything', async () => {
  const busy = await server.createRoom({ code: '' });
  const slow = connect(server.port, '127.0.0.1');
  slow.on('error', () => {});
  slow.write(upgrade(`/api/v1/yjs/${busy}`));
  await sleep(200);
  slow.pause();
  const [writer, reader] = [0, 1].map(() => new YjsClient(server, busy));
  await Promise.all([writer.synced(), reader.synced()]);
  const members = async () => (await server.api('GET', `/api/v1/rooms/${busy}`)).json.members;
  assert.equal(await members(), 3);
  for (let i = 0; i < 150 && (await members()) === 3; i++) {
    const text = writer.text();
    text.insert(0, 'z'.repeat(60_000));
    text.delete(0, 60_000);
    await sleep(120);
  }
  assert.equal(await members(), 2, 'the slow reader is gone');
  writer.text().insert(0, 'end');
  await until('the reader has it all', () => reader.text().toString() === 'end');
  slow.destroy();
  [writer, reader].forEach((client) => client.destroy());
});

test('unknown and malformed rooms are 404 at the upgrade', async () => {
  for (const id of ['abcdefghijklmnopqrst', 'x', '..%2f..%2fetc', 'a'.repeat(500)]) {
    const { text } = await raw(upgrade(`/api/v1/ws/${id}`), { ms: 500 });
    assert.match(text, /^HTTP\/1\.1 404 /, id);
  }
});

test('a foreign Origin is refused at the upgrade and for every change over REST, and the log says how to allow it', async () => {
  const socket = new WebSocket(`${server.ws}/api/v1/ws/${roomId}`, { headers: { origin: 'https://evil.example' } });
  const status = await new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
    socket.on('error', () => {});
  });
  assert.equal(status, 403);
  for (const origin of ['https://evil.example', 'null']) {
    const answer = await server.api('POST', '/api/v1/rooms', {
      headers: { origin, 'x-username': 'm', 'x-usermail': 'm@example.org' },
    });
    assert.equal(answer.status, 403, origin);
  }
  assert.match(server.output, /https:\/\/evil\.example.*allowed_origins/);
});

test('too many files: 409', async () => {
  const room = await server.createRoom();
  const put = (path) =>
    server.api('PUT', `/api/v1/rooms/${room}/files/${path}`, { headers: { 'content-type': 'text/plain' }, body: 'x' });
  assert.equal((await put('a.txt')).status, 201);
  assert.equal((await put('b.txt')).status, 201);
  assert.equal((await put('c.txt')).status, 409);
});

test('unsafe paths: 422 with the reason', async () => {
  const paths = ['%2e%2e/x', 'a/%2e%2e/b', 'a/../b', 'a%00b', 'a%0ab', '%2fabs', 'a%5cb', 'a//b', 'x'.repeat(300)];
  for (const path of paths) {
    // Raw: fetch would tidy the path up before sending it.
    const { text } = await raw(
      request(`PUT /api/v1/rooms/${roomId}/files/${path}`, ['Content-Type: text/plain', 'Content-Length: 1', 'Connection: close'], 'x'),
    );
    assert.match(text, /^HTTP\/1\.1 (400|404|422) /, path);
    assert.match(text, /"detail"/, path);
  }
  const files = await server.api('GET', `/api/v1/rooms/${roomId}/files`);
  assert.equal(JSON.stringify(files.json).includes('..'), false);
});

test('nothing was lost: the room that all this was thrown at has its text', async () => {
  assert.equal(await server.roomCode(roomId), 'precious');
});
