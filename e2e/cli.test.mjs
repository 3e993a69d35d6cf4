// SPDX-License-Identifier: MIT
// The command line and config.json as a person meets them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Server, YOKE, freePort } from './lib/server.mjs';

let dir;
before(async () => (dir = await mkdtemp(join(tmpdir(), 'yoke-cli-'))));
after(() => rm(dir, { recursive: true, force: true }));

/** Runs yoke to its end in `dir`; resolves with its exit code and what it printed. */
async function yoke(args, env = {}) {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('YOKE_')));
  const child = spawn(YOKE, args, { cwd: dir, env: { ...clean, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const out = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => (out.stdout += data));
  child.stderr.on('data', (data) => (out.stderr += data));
  const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
  const [code] = await once(child, 'close');
  clearTimeout(late);
  return { code, ...out };
}

test('help names the commands and every flag', async () => {
  const { code, stdout } = await yoke(['--help']);
  assert.equal(code, 0);
  for (const word of ['serve', 'config check', 'version', '--host', '--port', '--data-dir', '--config', '--open']) {
    assert.ok(stdout.includes(word), word);
  }
});

test('version prints one line', async () => {
  assert.match((await yoke(['version'])).stdout, /^yoke \d+\.\d+\.\d+\n$/);
});

test('what it does not know is refused with a way out', async () => {
  for (const args of [['--prot', '1'], ['sevre'], ['serve', 'twice'], ['--port'], ['config']]) {
    const { code, stderr } = await yoke(args);
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, /see yoke --help/);
  }
});

test('a flag that a command has no use for is refused, with both named', async () => {
  for (const [args, flag, command] of [
    [['doctor', '--port', '1'], '--port', 'yoke doctor'],
    [['doctor', '--force'], '--force', 'yoke doctor'],
    [['--host=0.0.0.0', 'backup', 'x'], '--host', 'yoke backup'],
    [['restore', 'x', '--open'], '--open', 'yoke restore'],
    [['restore', 'x', '--output', 'y'], '--output', 'yoke restore'],
    [['room', 'export', 'x', '--new-id'], '--new-id', 'yoke room export'],
    [['room', 'import', 'x', '--web-dir', 'y'], '--web-dir', 'yoke room import'],
    [['serve', '--force'], '--force', 'yoke serve'],
    [['--new-id'], '--new-id', 'yoke serve'],
    [['config', 'check', '--output', 'y'], '--output', 'yoke config check'],
    [['version', '--data-dir', 'y'], '--data-dir', 'yoke version'],
  ]) {
    const { code, stderr } = await yoke(args);
    assert.equal(code, 2, args.join(' '));
    assert.equal(stderr, `${command} has no use for ${flag}: leave it out; see yoke --help\n`);
  }
  assert.match((await yoke(['doctor', '--force=1'])).stderr, /--force takes no value/);
  // What all commands share, and what goes with anything.
  const all = ['--data-dir', join(dir, 'nowhere'), '--log-level', 'error', '--log-format', 'json'];
  for (const command of [['doctor'], ['backup', 'x'], ['room', 'export', 'n'.repeat(20)]]) {
    const { code, stderr } = await yoke([...command, ...all]);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /nowhere/);
  }
  assert.equal((await yoke(['config', 'check', ...all, '--port', '1234'])).code, 0);
  assert.equal((await yoke(['doctor', '--port', '1', '--help'])).code, 0);
});

test('every mistake in config.json is named at once, with its field, value and remedy', async () => {
  await writeFile(
    join(dir, 'bad.json'),
    JSON.stringify({ PRODUCTION: { port: 'eighty', prot: 1, db_config: { host: 'db', port: 99999, password: '*****' } } }),
  );
  const { code, stderr } = await yoke(['config', 'check', '--config', 'bad.json']);
  assert.equal(code, 2);
  for (const part of ['bad.json', 'PRODUCTION.port', 'eighty', 'prot', 'port', 'PRODUCTION.db_config.port', '99999', 'password']) {
    assert.ok(stderr.includes(part), `${part} is named in:\n${stderr}`);
  }
});

test('a file that is not JSON is named with its line', async () => {
  await writeFile(join(dir, 'broken.json'), '{\n  "PRODUCTION": {\n    "port": 8000,\n  }\n}\n');
  const { code, stderr } = await yoke(['config', 'check', '--config', 'broken.json']);
  assert.equal(code, 2);
  assert.match(stderr, /broken\.json.*4/s);
});

test('the original’s config.json chooses PostgreSQL, and no password is printed', async () => {
  const db = { host: 'db', port: 5432, user: 'postgres', password: 'a-secret', database: 'collab_db' };
  await writeFile(join(dir, 'config.json'), JSON.stringify({ PRODUCTION: { db_config: db } }));
  const { code, stdout, stderr } = await yoke(['config', 'check']);
  assert.equal(code, 0, stderr);
  assert.equal(JSON.parse(stdout).db_config.host, 'db');
  assert.equal(stdout.includes('a-secret'), false);
  await rm(join(dir, 'config.json'));
});

test('an address that others can reach needs --open', async () => {
  const { code, stderr } = await yoke(['serve', '--host', '0.0.0.0', '--port', '0']);
  assert.notEqual(code, 0);
  assert.match(stderr, /--open/);
});

test('a port that is taken, and a second server on one data folder, are refused with what to do', async () => {
  const server = await Server.start();
  try {
    const port = await yoke(['serve', '--port', String(server.port), '--data-dir', join(dir, 'other')]);
    assert.notEqual(port.code, 0);
    assert.match(port.stderr, new RegExp(`${server.port}`));
    assert.match(port.stderr, /--port|another port/);
    const second = await yoke(['serve', '--port', String(await freePort()), '--data-dir', server.dataDir]);
    assert.notEqual(second.code, 0);
    assert.match(second.stderr, new RegExp(`${server.child.pid}`), 'the first is named');
  } finally {
    await server.stop();
  }
});

test('log lines in JSON have time, level, file, line and room', async () => {
  const server = await Server.start({ args: ['--log-format', 'json'] });
  const roomId = await server.createRoom();
  await server.stop();
  const lines = server.output.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  const created = lines.find((line) => line.room === roomId);
  assert.ok(created, server.output);
  for (const key of ['time', 'level', 'file', 'line', 'message']) assert.ok(key in created, key);
});
