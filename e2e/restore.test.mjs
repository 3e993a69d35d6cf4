// SPDX-License-Identifier: MIT
// A restore that is killed on its way: what is there afterwards is all of the backup, or what was there before, or
// nothing that a server would take for a whole. A second restore makes it good.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, link, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { freePort } from './lib/server.mjs';
import { Store } from './lib/store.mjs';

const run = promisify(execFile);
const KILLED = process.env.YOKE_KILLED_BIN;
const digestOf = ({ stdout }) => /sha256 ([0-9a-f]{64})/.exec(stdout)?.[1];

/** A store with some rooms, its server stopped; the digest of a backup of it, and the file. */
async function filled(text) {
  const store = await Store.start('SQLite');
  const server = await store.serve({ YOKE_LIMIT_COMPACT_ROWS: '8' });
  for (let i = 0; i < 3; i++) {
    const roomId = await server.createRoom({ code: `${text} ${i}\n`.repeat(400) });
    for (let n = 0; n < 6; n++)
      await server.api('PUT', `/api/v1/rooms/${roomId}/files/f${n}.txt`, { body: text.repeat(n + 1), headers: { 'x-username': 'ann' } });
  }
  await store.stopServer();
  const file = join(store.dir, 'all.yoke');
  const made = await store.yoke(['backup', file]);
  assert.equal(made.code, 0, made.all);
  return { store, file, digest: digestOf(made) };
}

/**
 * Run a restore once to learn how many steps it takes; then kill it before some of them and yield after each: the last
 * five, where one thing takes the place of another, and others spread over the rest. `reset` is awaited before each.
 */
async function* kills(store, args, reset, most) {
  assert.ok(KILLED, 'YOKE_KILLED_BIN must name yoke-killed of a build with tests');
  await reset();
  const whole = await store.yoke(args, { binary: KILLED });
  assert.equal(whole.code, 0, whole.all);
  const steps = Number(/^steps: (\d+)$/m.exec(whole.stderr)[1]);
  assert.ok(steps > 5, `only ${steps} steps`);
  const stride = Math.max(1, Math.ceil((steps - 5) / (most - 5)));
  for (let n = 1; n <= steps; n += n < steps - 4 ? Math.min(stride, steps - 4 - n) : 1) {
    await reset();
    const killed = await store.yoke(args, { binary: KILLED, env: { KILLED_BEFORE: String(n) } });
    const through = killed.code === 0 && n > steps - 5; /* a socket may take more or fewer calls the next time */
    assert.ok(killed.code === null || through, `killed before step ${n} of ${steps}: ${killed.all}`);
    yield n;
  }
}

let backup, old;
before(async () => {
  backup = await filled('new');
  old = await filled('old');
});
after(async () => {
  await backup?.store.stop();
  await old?.store.stop();
});

function contract(kind, most) {
  describe(`a restore into ${kind} that is killed`, () => {
    let target;
    before(async () => (target = await Store.start(kind)));
    after(() => target?.stop());

    /** What the commands see: the digest of it, null when there is nothing. */
    async function content() {
      const out = join(target.dir, 'seen.yoke');
      const made = await target.yoke(['backup', out, '--force']);
      if (made.code === 0) return digestOf(made);
      assert.match(made.stderr, /No such file|has no tables/, made.all);
      return null;
    }

    async function restored(n, ...more) {
      const again = await target.yoke(['restore', backup.file, ...more]);
      assert.equal(again.code, 0, `again, after step ${n}: ${again.all}`);
      assert.equal(digestOf(again), backup.digest);
      if (n % 3 === 0) assert.equal(await content(), backup.digest);
      assert.deepEqual((await readdir(target.dir)).filter((name) => name.endsWith('.restoring')), []);
    }

    test('on nothing leaves nothing, or everything', async () => {
      let refused = 0;
      const empty = async () => {
        if (target.postgres) await target.sql('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
        for (const name of await readdir(target.dir)) await rm(join(target.dir, name));
      };
      for await (const n of kills(target, ['restore', backup.file], empty, most)) {
        const seen = await content();
        assert.ok(seen === null || seen === backup.digest, `step ${n}`);
        if (seen === null && kind === 'SQLite') {
          const doctor = await target.yoke(['doctor']);
          const words = (await readdir(target.dir)).includes('yoke.db.restoring')
            ? /a restore may still be running: .*yoke\.db was not restored to the end: run yoke restore again.*\n$/
            : /is --data-dir right/;
          assert.match(doctor.stderr, words);
        }
        if (seen === null && n % 2 && (await readdir(target.dir)).includes('yoke.db.restoring')) {
          const serve = await target.yoke(['serve', '--port', String(await freePort())], { wrap: ['timeout', '10'] });
          assert.equal(serve.code, 1, serve.all);
          assert.match(serve.stderr, /yoke\.db was not restored to the end: run yoke restore again.*\n$/);
          refused++;
        }
        if (seen === null) await restored(n);
      }
      if (kind === 'SQLite') assert.ok(refused > 0, 'a server refused to begin with nothing instead');
    });

    test('over other rooms leaves those, or everything', async () => {
      let seen = null, olds = 0;
      const fill = async () => {
        if (seen === old.digest) return;
        const made = await target.yoke(['restore', old.file, '--force']);
        assert.equal(made.code, 0, made.all);
        seen = old.digest;
      };
      const killed = kills(target, ['restore', backup.file, '--force'], async () => {
        await fill();
        seen = null;
      }, most);
      for await (const n of killed) {
        seen = await content();
        assert.ok(seen === old.digest || seen === backup.digest, `step ${n}`);
        if (seen !== old.digest || ++olds % 4) continue;
        await restored(n, '--force');
        seen = null;
      }
      assert.ok(olds > most / 2);
      if (kind !== 'SQLite') return;

      // No kept database has two names, and the live one only its own, which a server sees to as well.
      await restored(0, '--force');
      await link(join(target.dir, 'yoke.db'), join(target.dir, 'yoke.db.replaced-1'));
      const kept = async () => (await readdir(target.dir)).filter((name) => /^yoke\.db(\.replaced-\d+)?$/.test(name)).sort();
      const before = await kept();
      await target.serve();
      await target.stopServer();
      const after = await kept();
      assert.deepEqual(after, before.filter((name) => name !== 'yoke.db.replaced-1'));
      const files = await Promise.all(after.map((name) => stat(join(target.dir, name))));
      assert.ok(files.length > 2);
      assert.equal(new Set(files.map(({ ino }) => ino)).size, files.length, after.join(' '));
    });
  });
}

test('an import that is killed while it makes the database stands in no later one\'s way', async () => {
  const [store, zip] = [await Store.start('SQLite'), join(backup.store.dir, 'room.zip')];
  try {
    const [, id] = /^(\S+)/m.exec((await backup.store.sql('SELECT id FROM rooms LIMIT 1')));
    const made = await backup.store.yoke(['room', 'export', id, '--output', zip]);
    assert.equal(made.code, 0, made.all);
    const empty = async () => {
      for (const name of await readdir(store.dir)) await rm(join(store.dir, name));
    };
    let partial = 0;
    for await (const n of kills(store, ['room', 'import', zip], empty, 10)) {
      partial += (await readdir(store.dir)).includes('yoke.db.partial');
      const again = await store.yoke(['room', 'import', zip]);
      assert.ok(again.code === 0 || /there is a room/.test(again.stderr), `after step ${n}: ${again.all}`);
      assert.deepEqual((await readdir(store.dir)).filter((name) => name.includes('partial')), []);
    }
    assert.ok(partial > 0, 'it was caught with a partial database');
  } finally {
    await store.stop();
  }
});

contract('SQLite', 10);
contract('PostgreSQL', 8);

test('a database whose log cannot be brought into it keeps it, or is not there', async () => {
  const store = await Store.start('SQLite');
  const kept = await mkdtemp(join(tmpdir(), 'yoke-kept-'));
  const holding = 'import sqlite3, sys, time\ndb = sqlite3.connect(sys.argv[1], isolation_level=None)\n'
    + 'db.execute("PRAGMA locking_mode = EXCLUSIVE")\ndb.execute("SELECT * FROM rooms").fetchall()\n'
    + 'print("holding", flush=True)\ntime.sleep(60)';
  let holder = null;
  const count = (dir, name) =>
    run('python3', ['-c', 'import sqlite3, sys\nprint(sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM room_updates").fetchone()[0])', join(dir, name)])
      .then(({ stdout }) => Number(stdout));
  try {
    const server = await store.serve();
    for (let i = 0; i < 7; i++) await server.createRoom({ code: 'what only the log has' });
    await server.kill();
    store.server = null;
    await cp(store.dir, kept, { recursive: true });
    assert.ok((await stat(join(kept, 'yoke.db-wal'))).size > 0);
    const release = async () => {
      if (!holder) return;
      holder.kill();
      await once(holder, 'exit');
      holder = null;
    };
    // Somebody has locked it: nobody else can read it, nor bring the log into it.
    const reset = async () => {
      await release();
      for (const name of await readdir(store.dir)) await rm(join(store.dir, name));
      await cp(kept, store.dir, { recursive: true });
      holder = spawn('python3', ['-c', holding, join(store.dir, 'yoke.db')]);
      await once(holder.stdout, 'data');
    };

    let moments = 0;
    for await (const n of kills(store, ['restore', backup.file, '--force'], reset, 8)) {
      await release();
      const names = await readdir(store.dir);
      const aside = names.filter((name) => /replaced-\d+$/.test(name));
      if (!names.includes('yoke.db')) moments++;
      else assert.ok([7, 21].includes(await count(store.dir, 'yoke.db')), `step ${n}: all of the old rooms, or of the new`);
      for (const name of aside) assert.equal(await count(store.dir, name), 7, `step ${n}: with their log`);
      const again = await store.yoke(['restore', backup.file, '--force']);
      assert.equal(again.code, 0, again.all);
      for (const name of aside) assert.ok(again.stdout.includes(`${name};`), `step ${n}: it tells where the old ones are`);
      assert.equal(digestOf(await store.yoke(['backup', join(store.dir, 'seen.yoke')])), backup.digest);
    }
    assert.ok(moments > 0, 'it was caught between the two');
  } finally {
    holder?.kill();
    await store.stop();
    await rm(kept, { recursive: true, force: true });
  }
});
