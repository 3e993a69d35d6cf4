// SPDX-License-Identifier: MIT
// A database that is away: stopped, hung, or behind a wire that swallows everything.
import { readFile, readdir } from 'node:fs/promises';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

/** The server's own process and all those it has started. */
async function processes(pg) {
  const main = Number((await readFile(join(pg.dir, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);
  const found = [main];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (parent === main) found.push(Number(name));
  }
  return found;
}

/** Every process of it stands still, all connections stay open; returns what wakes them. */
export async function freeze(pg) {
  const pids = await processes(pg);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  return () => {
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGCONT');
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
    }
  };
}

/** A wire to PostgreSQL that can swallow: what is connected stays so, and nothing comes through it ever again. */
export class Swallower {
  static async to(pg) {
    const wire = new Swallower();
    wire.swallowing = false;
    wire.sockets = new Set();
    wire.listener = createServer((near) => {
      wire.keep(near);
      if (wire.swallowing) return;
      const far = connect(Number(pg.port), '127.0.0.1');
      wire.keep(far);
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
      near.on('data', (bytes) => near.lost || far.write(bytes));
      far.on('data', (bytes) => near.lost || near.write(bytes));
    });
    wire.listener.listen(0, '127.0.0.1');
    await once(wire.listener, 'listening');
    wire.port = String(wire.listener.address().port);
    return wire;
  }

  keep(socket) {
    this.sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.sockets.delete(socket));
  }

  swallow() {
    this.swallowing = true;
    for (const socket of this.sockets) socket.lost = true;
  }

  /** New connections get through; the old ones stay lost. */
  pass() {
    this.swallowing = false;
  }

  async remove() {
    for (const socket of this.sockets) socket.destroy();
    this.listener.close();
    await once(this.listener, 'close');
  }
}
