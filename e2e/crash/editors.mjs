// SPDX-License-Identifier: MIT
// A process full of editors, made to be killed: each types and deletes unique tokens in a room.
//
// What it does stands in the log file named first in its arguments, a line of JSON each, written
// before (`try`) an edit is made and after (`ack`) the server said that it is on disk. A line is
// in the file when writeSync returns, so it outlives this process.
import { openSync, writeSync } from 'node:fs';
import { YjsClient, random } from '../lib/clients.mjs';

const [logFile, json] = process.argv.slice(2);
const { ws, rooms, perRoom, seed, round, pause } = JSON.parse(json);
process.setMaxListeners(0); // each provider listens for the exit
const log = openSync(logFile, 'a');
const note = (line) => writeSync(log, `${JSON.stringify(line)}\n`);
const rng = random(seed);

const TOKEN = /<[^<>]+>/g;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

class Editor {
  constructor(room, number) {
    this.room = room;
    this.name = `${round}.${room}.${number}`;
    this.client = new YjsClient({ ws }, rooms[room], { protocols: ['yoke.v1'] });
    this.made = 0;
    this.open = []; // edits not acknowledged, with the question that covers them
    this.client.doc.on('update', (update, origin) => {
      if (origin === this) this.update = update;
    });
  }

  insert(text) {
    // Between tokens, so that none is cut; long ones make commits of several pages.
    const places = [0, ...[...text.toString().matchAll(TOKEN)].map((m) => m.index + m[0].length)];
    const filler = rng.next() < 0.05 ? 'x'.repeat(rng.int(20_000)) : '';
    const token = `<${this.name}.${this.made++}${filler && `.${filler}`}>`;
    const edit = { op: 'insert', token };
    note({ t: 'try', room: this.room, ...edit });
    text.doc.transact(() => text.insert(rng.pick(places), token), this);
    return edit;
  }

  delete(text) {
    const tokens = [...text.toString().matchAll(TOKEN)];
    if (tokens.length === 0) return null;
    const found = rng.pick(tokens);
    const edit = { op: 'delete', token: found[0] };
    note({ t: 'try', room: this.room, ...edit });
    text.doc.transact(() => text.delete(found.index, found[0].length), this);
    return edit;
  }

  /** One edit; asks for its acknowledgement in most cases, else the next question covers it. */
  step() {
    const text = this.client.text();
    if (text === undefined || !this.client.provider.wsconnected) return;
    const edit = rng.next() < 0.55 ? this.insert(text) : this.delete(text);
    if (edit === null) return;
    this.open.push({ ...edit, update: Buffer.from(this.update).toString('base64'), asked: 0 });
    if (rng.next() < 0.8) {
      this.client.requestSaved();
      for (const one of this.open) one.asked ||= this.client.token;
    }
  }

  harvest() {
    const done = this.open.filter((one) => one.asked > 0 && one.asked <= this.client.savedToken);
    if (done.length === 0) return;
    this.open = this.open.filter((one) => !done.includes(one));
    for (const { op, token, update } of done) note({ t: 'ack', room: this.room, op, token, update });
  }
}

const editors = rooms.flatMap((_, room) => Array.from({ length: perRoom }, (__, n) => new Editor(room, n)));
await Promise.all(editors.map((editor) => editor.client.synced()));
process.send?.('ready');
for (const editor of editors) {
  const answer = editor.client.provider.messageHandlers[16];
  editor.client.provider.messageHandlers[16] = (...args) => {
    answer(...args);
    editor.harvest();
  };
  void (async () => {
    for (;;) {
      await sleep(rng.int(pause));
      editor.step();
    }
  })();
}
