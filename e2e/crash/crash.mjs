// SPDX-License-Identifier: MIT
// Kills the server and everybody who types in it, again and again, and looks whether anything that
// was acknowledged is missing afterwards.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { YjsClient, random } from '../lib/clients.mjs';
import { Server } from '../lib/server.mjs';
import { sleep } from '../lib/until.mjs';
import { Ledger } from './ledger.mjs';

const EDITORS = fileURLToPath(new URL('editors.mjs', import.meta.url));
const ROUNDS_PER_ROOM = 25; // then new rooms: a verification reads everything

/** What happened in a run; `kinds` are faults, each of which must have happened. */
class Report {
  kills = 0;
  acknowledged = 0;
  deletions = 0;
  losses = [];
  unreadable = [];
  kinds = { 'killed with edits under way': 0, 'killed while starting': 0, 'compacted': 0 };
}

export class Crash {
  /**
   * @param options.seed     picks moments and edits; printed with every failure
   * @param options.rooms    how many at a time, with `perRoom` editors in each
   * @param options.typing   the longest that is typed before a kill, in ms
   * @param options.env      the server's environment
   * @param options.binary   the server, if not the usual one
   * @param options.untilLoss  stop at the first loss
   * @param options.onRound  called with the report after each kill
   */
  constructor({ seed, kills, rooms = 5, perRoom = 4, typing = 600, env = {}, binary, untilLoss = false, onRound = () => {} }) {
    Object.assign(this, { seed, kills, roomCount: rooms, perRoom, typing, binary, untilLoss, onRound });
    this.env = { YOKE_LOG_LEVEL: 'debug', YOKE_LIMIT_COMPACT_ROWS: '40', ...env };
    this.rng = random(seed);
    this.report = new Report();
  }

  async run() {
    this.server = await Server.start({ env: this.env, binary: this.binary });
    try {
      for (let round = 0; round < this.kills; round++) {
        if (round % ROUNDS_PER_ROOM === 0) await this.newRooms();
        await this.round(round);
        this.onRound(this.report);
        if (this.untilLoss && this.report.losses.length > 0) break;
      }
    } finally {
      await this.server.stop();
    }
    return this.report;
  }

  async newRooms() {
    this.rooms = [];
    for (let i = 0; i < this.roomCount; i++) this.rooms.push(await this.server.createRoom({ code: '' }));
    this.ledgers = this.rooms.map(() => new Ledger());
  }

  async round(round) {
    const log = join(this.server.dataDir, `editors-${round}.log`);
    const editors = await this.startEditors(round, log);
    await sleep(20 + this.rng.int(this.typing));
    this.server.child.kill('SIGKILL');
    await sleep(this.rng.int(60)); // acknowledgements on their way still arrive
    editors.kill('SIGKILL');
    await Promise.all([this.server.exited, once(editors, 'exit')]);
    this.report.kills++;
    await this.read(log);
    await rm(log);
    await this.restart();
    await this.verify(round);
  }

  async startEditors(round, log) {
    const { server, rooms, perRoom, rng } = this;
    const pause = rng.pick([5, 20, 60]);
    const job = { ws: server.ws, rooms, perRoom, round, pause, seed: this.seed * 100_003 + round };
    const child = spawn(process.execPath, [EDITORS, log, JSON.stringify(job)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the editors ended with ${code}`)));
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => {}); // by our kill, later
    return child;
  }

  async read(log) {
    const { report } = this;
    const open = new Set();
    for (const line of (await readFile(log, 'utf8')).split('\n')) {
      if (!line.endsWith('}')) continue; // cut off by the kill
      const entry = JSON.parse(line);
      this.ledgers[entry.room].take(entry);
      const name = `${entry.op} ${entry.token}`;
      if (entry.t === 'try') {
        open.add(name);
      } else {
        open.delete(name);
        report.acknowledged++;
        if (entry.op === 'delete') report.deletions++;
      }
    }
    if (open.size > 0) report.kinds['killed with edits under way']++;
    if (/compacted \d+ rows?/.test(this.server.output)) report.kinds.compacted++;
    this.server.output = '';
  }

  /** Now and then the server is killed again while it starts or loads. */
  async restart() {
    const { server, rng } = this;
    while (rng.next() < 0.25) {
      const started = server.spawn().then(
        () => Promise.all(this.rooms.map((id) => server.roomCode(id))),
      );
      started.catch(() => {}); // it was killed
      await sleep(rng.int(60));
      await server.kill();
      await started.catch(() => {});
      this.report.kinds['killed while starting']++;
    }
    await server.spawn();
  }

  async verify(round) {
    for (const [i, id] of this.rooms.entries()) {
      const where = `seed ${this.seed}, kill ${round}, room ${i}`;
      const reader = new YjsClient(this.server, id);
      try {
        await reader.synced();
        const text = reader.text();
        if (text === undefined) this.report.unreadable.push(`${where}: no file`);
        else for (const loss of this.ledgers[i].losses(reader.doc, text.toString())) this.report.losses.push(`${where}: ${loss}`);
      } catch (error) {
        this.report.unreadable.push(`${where}: ${error.message}`);
      } finally {
        reader.destroy();
      }
    }
  }
}
