// SPDX-License-Identifier: MIT
// Stalls the store from outside: commits neither fail nor return until it is released.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Another process holds SQLite's write lock until release() is called. */
export async function lockSqlite(server) {
  const script = [
    'import sqlite3, sys',
    'db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)',
    'db.execute("BEGIN IMMEDIATE")',
    'print("locked", flush=True)',
    'sys.stdin.read()',
    'db.execute("ROLLBACK")',
  ].join('\n');
  const child = spawn('/usr/bin/python3', ['-c', script, join(server.dataDir, 'yoke.db')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return async () => {
    child.stdin.end();
    await once(child, 'exit');
  };
}

/** A session of ours holds a lock that inserts into the log must wait for. */
export async function lockPostgres(pg) {
  const child = spawn(
    'psql',
    ['-X', '-q', '-h', pg.host, '-p', pg.port, '-U', pg.user, '-d', pg.database],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, PGPASSWORD: pg.password } },
  );
  child.stdin.write('BEGIN; LOCK TABLE room_updates IN ACCESS EXCLUSIVE MODE;\n\\echo locked\n');
  await once(child.stdout, 'data');
  return async () => {
    child.stdin.end('ROLLBACK;\n\\q\n');
    await once(child, 'exit');
  };
}
