// SPDX-License-Identifier: MIT
// Starts the real server on a free port with its own data folder, and stops it again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const YOKE = process.env.YOKE_BIN ?? join(ROOT, 'build', 'yoke');

/** A port that nobody listens on at the moment, on loopback. */
export async function freePort() {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/**
 * A server that can be killed and started again on the same port and data.
 * `env` adds environment variables (YOKE_…), `args` flags; `binary` is another server than the usual one.
 */
export class Server {
  constructor({ port, dataDir, env, args, binary = YOKE }) {
    Object.assign(this, { port, dataDir, env, args, binary, output: '', child: null });
    this.url = `http://127.0.0.1:${port}`;
    this.ws = `ws://127.0.0.1:${port}`;
  }

  static async start({ env = {}, args = [], port, binary } = {}) {
    const dataDir = await mkdtemp(join(tmpdir(), 'yoke-e2e-'));
    const server = new Server({ port: port ?? (await freePort()), dataDir, env, args, binary });
    await server.spawn();
    return server;
  }

  async spawn() {
    const clean = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith('YOKE_')),
    );
    this.child = spawn(
      this.binary,
      ['serve', '--port', String(this.port), '--data-dir', this.dataDir, ...this.args],
      { cwd: this.dataDir, env: { ...clean, ...this.env }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const child = this.child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => (this.output += text));
    }
    this.exited = once(child, 'exit');
    const deadline = Date.now() + 20_000;
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server ended:\n${this.output}`);
      const ok = await fetch(`${this.url}/api/v1/liveness`).then((r) => r.ok, () => false);
      if (ok) return;
      if (Date.now() > deadline) throw new Error(`the server does not answer:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** As a crash does it. */
  async kill() {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** Returns the exit code. */
  async terminate() {
    this.child.kill('SIGTERM');
    const [code] = await this.exited;
    return code;
  }

  async stop() {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM');
      const late = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
      await this.exited;
      clearTimeout(late);
    }
    await rm(this.dataDir, { recursive: true, force: true });
  }

  async api(method, path, { headers = {}, body } = {}) {
    const response = await fetch(`${this.url}${path}`, { method, headers, body });
    const text = await response.text();
    let json = null;
    try {
      json = JSON.parse(text);
    } catch {
      json = null;
    }
    return { status: response.status, headers: response.headers, text, json };
  }

  async createRoom({ name, language, code, user = 'rahul', mail = 'rahul@example.org' } = {}) {
    const answer = await this.api('POST', '/api/v1/rooms', {
      headers: { 'x-username': user, 'x-usermail': mail, 'content-type': 'application/json' },
      body: JSON.stringify({ name, language, code }),
    });
    if (answer.status !== 201) throw new Error(`no room: ${answer.status} ${answer.text}`);
    return answer.json.room_id;
  }

  async roomCode(roomId) {
    const answer = await this.api('GET', `/api/v1/rooms/${roomId}`);
    if (answer.status !== 200) throw new Error(`no room: ${answer.status} ${answer.text}`);
    return answer.json.code;
  }
}
