// SPDX-License-Identifier: MIT
// The command lines of README.md, as they stand there, against a server on port 8000.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Server } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const run = promisify(execFile);
const HERE = dirname(fileURLToPath(import.meta.url));
let server;
let blocks;

function inUse(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true) ?? socket.destroy());
    socket.on('error', () => resolve(false));
  });
}

before(async () => {
  const readme = await readFile(join(HERE, '..', 'README.md'), 'utf8');
  blocks = [...readme.matchAll(/```bash\n([\s\S]*?)```/g)].map((match) => match[1]);
  // Where somebody's own server has port 8000, the lines are run against another port.
  server = await Server.start((await inUse(8000)) ? {} : { port: 8000 });
});
after(() => server.stop());

const line = (start, part = '') => {
  const block = blocks.find((text) => text.startsWith(start) && text.includes(part));
  assert.ok(block, `README.md has no block with ${start} ${part}`);
  return block.replaceAll('localhost:8000', `localhost:${server.port}`);
};
const shell = async (script) => (await run('bash', ['-c', script])).stdout;

test('the line that creates a room', async () => {
  const room = JSON.parse(await shell(line('curl', '/api/v1/rooms')));
  assert.match(room.room_id, /^[A-Za-z0-9_-]{16,}$/);
  assert.equal((await server.api('GET', `/api/v1/rooms/${room.room_id}`)).status, 200);
});

test('the line that completes code, though its cursor stands past the end', async () => {
  const answer = JSON.parse(await shell(line('curl', '/api/v1/autocomplete')));
  assert.ok(answer.suggestions.length > 0);
  for (const key of ['label', 'kind', 'insertText', 'detail']) assert.equal(typeof answer.suggestions[0][key], 'string');
});

test('the lines for liveness and health', async () => {
  const out = await shell(line('curl', '/liveness'));
  assert.match(out, /\{[^{}]*\}\s*\{[\s\S]*\}/, 'two JSON answers');
  assert.equal((await server.api('GET', '/api/v1/health')).status, 200);
});

test('wscat shows the room’s text at once', async () => {
  const roomId = await server.createRoom({ code: 'print("together")\n' });
  const command = line('wscat').replace('{room_id}', roomId).replace('wscat', 'exec node_modules/.bin/wscat');
  const child = spawn('bash', ['-c', command], { cwd: HERE, stdio: ['pipe', 'pipe', 'pipe'] });
  let shown = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (shown += data));
  await until('the text', () => shown.includes('print("together")'), 10_000);
  child.kill();
});

test('every route has its request in backend/curl.yaml', async () => {
  const collection = await readFile(join(HERE, '..', 'backend', 'curl.yaml'), 'utf8');
  const api = (await server.api('GET', '/openapi.json')).json;
  for (const path of Object.keys(api.paths)) {
    const pattern = path
      .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
      .replace(/\{[^}]+\}/g, '(?:\\{\\{[^}]+\\}\\}|[^\\s"\'/]+)');
    assert.match(collection, new RegExp(pattern), path);
  }
});
