// SPDX-License-Identifier: MIT
// A store of either kind as the commands see it: run them on it, and change rows behind its back.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Postgres } from './postgres.mjs';
import { Server, YOKE, freePort } from './server.mjs';

const run = promisify(execFile);

const SQLITE = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=10)
rows = db.execute(sys.argv[2]).fetchall()
db.commit()
print("\\n".join("|".join("" if v is None else str(v) for v in row) for row in rows))
`;

const SCRIPT = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.executescript(sys.argv[2])
db.close()
`;

export class Store {
  /** kind: "SQLite" or "PostgreSQL". */
  static async start(kind) {
    const store = new Store();
    store.kind = kind;
    store.dir = await mkdtemp(join(tmpdir(), 'yoke-store-'));
    store.postgres = kind === 'PostgreSQL' ? await Postgres.start() : null;
    store.env = store.postgres?.env ?? {};
    return store;
  }

  /** A server on it, which keeps the data when it stops: use stopServer(). */
  async serve(env = {}) {
    this.server = new Server({ port: await freePort(), dataDir: this.dir, env: { ...this.env, ...env }, args: [] });
    await this.server.spawn();
    return this.server;
  }

  async stopServer() {
    const code = await this.server.terminate();
    this.server = null;
    if (code !== 0) throw new Error(`the server ended with ${code}`);
  }

  /** Run a command of yoke on it; resolves with its exit code (null: killed) and what it printed. */
  async yoke(args, { wrap = [], binary = YOKE, env = {} } = {}) {
    const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('YOKE_')));
    const [program, ...rest] = [...wrap, binary, ...args, '--data-dir', this.dir];
    const child = spawn(program, rest, { cwd: this.dir, env: { ...clean, ...this.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const out = { stdout: '', stderr: '' };
    child.stdout.on('data', (data) => (out.stdout += data));
    child.stderr.on('data', (data) => (out.stderr += data));
    const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
    const [code] = await once(child, 'close');
    clearTimeout(late);
    return { code, ...out, all: out.stdout + out.stderr };
  }

  /** Run one statement as somebody else would; resolves with its rows as lines. */
  async sql(statement) {
    if (!this.postgres) {
      const { stdout } = await run('python3', ['-c', SQLITE, join(this.dir, 'yoke.db'), statement]);
      return stdout.trim();
    }
    const { host, port, user, database } = this.postgres;
    const { stdout } = await run('psql', ['-h', host, '-p', port, '-U', user, '-d', database, '-Atqc', statement]);
    return stdout.trim();
  }

  /** Run statements on it, also before it is a store. */
  async script(statements) {
    if (!this.postgres) return run('python3', ['-c', SCRIPT, join(this.dir, 'yoke.db'), statements]);
    const { host, port, user, database } = this.postgres;
    return run('psql', ['-h', host, '-p', port, '-U', user, '-d', database, '-qv', 'ON_ERROR_STOP=1', '-c', statements]);
  }

  async stop() {
    if (this.server) await this.server.stop();
    await this.postgres?.stop();
    await rm(this.dir, { recursive: true, force: true });
  }
}
