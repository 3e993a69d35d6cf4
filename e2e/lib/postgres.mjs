// SPDX-License-Identifier: MIT
// A real PostgreSQL of the test's own, by tools/pg-temp.
import { execFile } from 'node:child_process';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TOOL = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'tools', 'pg-temp');

export class Postgres {
  static async start() {
    const pg = new Postgres();
    pg.dir = await mkdtemp(join(tmpdir(), 'yoke-pg-'));
    await chmod(pg.dir, 0o755); // PostgreSQL runs as another user where we are root
    const { stdout } = await run(TOOL, ['start', pg.dir]);
    const [host, port, user, database] = stdout.trim().split(/\s+/);
    Object.assign(pg, { host, port, user, database, password: 'none-needed' });
    return pg;
  }

  /** Environment that makes the server use it. */
  get env() {
    return {
      YOKE_DB_HOST: this.host,
      YOKE_DB_PORT: this.port,
      YOKE_DB_USER: this.user,
      YOKE_DB_PASSWORD: this.password,
      YOKE_DB_DATABASE: this.database,
    };
  }

  /** Stop the server ("fast" or "immediate"), keep its data. */
  async halt(how = 'immediate') {
    await run(TOOL, ['stop', this.dir, how]);
  }

  /** Start it again where it was. */
  async resume() {
    await run(TOOL, ['start', this.dir]);
  }

  async stop() {
    await run(TOOL, ['remove', this.dir]);
  }
}
