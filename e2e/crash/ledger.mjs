// SPDX-License-Identifier: MIT
// What the editors of a room tried and what was acknowledged to them, and whether a room holds it.
import * as Y from 'yjs';

export class Ledger {
  constructor() {
    this.tokens = new Map(); // token: { inserted, deleted, deletionTried }
    this.updates = []; // acknowledged
  }

  of(token) {
    let entry = this.tokens.get(token);
    if (!entry) this.tokens.set(token, (entry = { inserted: false, deleted: false, deletionTried: false }));
    return entry;
  }

  /** A line of the editors' log. */
  take({ t, op, token, update }) {
    const entry = this.of(token);
    if (t === 'try') {
      if (op === 'delete') entry.deletionTried = true;
      return;
    }
    entry[op === 'insert' ? 'inserted' : 'deleted'] = true;
    this.updates.push(Buffer.from(update, 'base64'));
  }

  /**
   * What of it the room lacks, in words.
   *
   * By content: a token stands once if its insertion was acknowledged and nobody tried to delete
   * it, not at all if its deletion was acknowledged, and never twice. By structure: the
   * acknowledged updates, deletions included, bring nothing new to the document.
   */
  losses(doc, text) {
    const found = [];
    const counts = new Map();
    for (const [token] of text.matchAll(/<[^<>]+>/g)) counts.set(token, (counts.get(token) ?? 0) + 1);
    for (const [token, { inserted, deleted, deletionTried }] of this.tokens) {
      const n = counts.get(token) ?? 0;
      const short = token.slice(0, 40);
      if (n > 1) found.push(`${short} stands ${n} times`);
      if (inserted && !deletionTried && n === 0) found.push(`${short} was acknowledged and is gone`);
      if (deleted && n > 0) found.push(`the deletion of ${short} was acknowledged and is undone`);
    }
    for (const token of counts.keys()) {
      if (!this.tokens.has(token)) found.push(`${token.slice(0, 40)} was never typed`);
    }
    const before = Buffer.from(Y.encodeStateAsUpdate(doc));
    const copy = new Y.Doc();
    Y.applyUpdate(copy, before);
    const same = Buffer.from(Y.encodeStateAsUpdate(copy));
    for (const update of this.updates) Y.applyUpdate(copy, update);
    if (!Buffer.from(Y.encodeStateAsUpdate(copy)).equals(same)) {
      found.push('the acknowledged updates hold something that the document lacks');
    }
    return found;
  }
}
