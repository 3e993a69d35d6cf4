// SPDX-License-Identifier: MIT
// The real server on a disk that gets full while people type, and has room again.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { YjsClient } from './lib/clients.mjs';
import { freePort, Server } from './lib/server.mjs';
import { sleep, until } from './lib/until.mjs';

const run = promisify(execFile);

/** A file system of 4 MiB; null where we may not mount one. */
async function smallFileSystem() {
  const dir = await mkdtemp(join(tmpdir(), 'yoke-full-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=0700', 'yoke-test', dir]);
  } catch {
    await rm(dir, { recursive: true });
    return null;
  }
  const filler = join(dir, 'filler');
  return {
    dir,
    fill: async () => {
      const { bavail, bsize } = await statfs(dir);
      await writeFile(filler, Buffer.alloc(bavail * bsize));
    },
    free: () => rm(filler),
    remove: () => run('umount', [dir]),
  };
}

/** No file of the server may grow past 256 KiB: needs no rights. */
async function limitedFiles() {
  const dir = await mkdtemp(join(tmpdir(), 'yoke-full-'));
  const limit = (server, bytes) => run('prlimit', ['--pid', String(server.child.pid), `--fsize=${bytes}:unlimited`]);
  return {
    dir,
    fill: (server) => limit(server, 256 << 10),
    free: (server) => limit(server, 'unlimited'),
    remove: async () => {},
  };
}

async function fullDisk(t, disk) {
  const server = new Server({ port: await freePort(), dataDir: disk.dir, env: {}, args: [] });
  const clients = [];
  t.after(async () => {
    clients.forEach((client) => client.destroy());
    await server.kill();
    await disk.remove();
    await rm(disk.dir, { recursive: true, force: true });
  });
  await server.spawn();
  const roomId = await server.createRoom({ code: '' });
  const [a, b] = [0, 1].map(() => new YjsClient(server, roomId, { protocols: ['yoke.v1'] }));
  clients.push(a, b);
  await Promise.all([a.synced(), b.synced()]);
  a.text().insert(0, '<first>');
  await a.saved();
  await disk.fill(server);

  const typed = ['<first>'];
  let saved = () => true;
  for (let i = 0; saved() && i < 400; i++) {
    const token = `<${i}${'x'.repeat(4000)}>`;
    a.text().insert(a.text().length, token);
    typed.push(token);
    saved = a.requestSaved();
    for (let wait = 0; wait < 20 && !saved(); wait++) await sleep(25);
  }
  assert.equal(saved(), false, 'the disk never got full');
  const health = await until('unhealthy', async () => {
    const answer = await server.api('GET', '/api/v1/health');
    return answer.status === 503 && answer;
  });
  assert.match(health.json.database.reason, /full|disk I\/O error/);
  assert.match(server.output, /store \(sqlite\) is down: .*(full|disk I\/O error)/);
  assert.equal((await server.api('GET', '/api/v1/liveness')).status, 200);
  a.text().insert(a.text().length, '<meanwhile>');
  typed.push('<meanwhile>');
  await until('editing goes on', () => b.text().toString().includes('<meanwhile>'));
  assert.equal(saved(), false, 'acknowledged on a full disk');
  t.diagnostic(`"${health.json.database.reason}" after ${typed.length} edits`);

  await disk.free(server);
  await until('everything is saved', saved, 10_000);
  await a.saved();
  await until('healthy again', async () => (await server.api('GET', '/api/v1/health')).status === 200);
  await server.kill();
  await server.spawn();
  const code = await server.roomCode(roomId);
  for (const token of typed) assert.equal(code.split(token).length, 2, `${token.slice(0, 12)} stands once`);
}

test('a file system that is full: nothing is acknowledged, the server says why, and goes on once there is room', async (t) => {
  const disk = await smallFileSystem();
  if (!disk) return t.skip('no file system may be mounted here; the next test needs no rights');
  return fullDisk(t, disk);
});

test('files that may not grow: nothing is acknowledged, the server says why, and goes on once they may', async (t) =>
  fullDisk(t, await limitedFiles()));
