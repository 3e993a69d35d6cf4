import * as Y from 'yjs';
import { toLf, wellFormed } from '../collab/text';
import {
  compose,
  type Delta,
  difference,
  type Edit,
  fromEdits,
  moveOffset,
  type Step,
  toEdits,
  transform,
  trimCommon,
} from './delta';
import { insertAfter } from './insertAfter';

/** The editor's side of a text. */
export interface TextBuffer {
  /** With LF line ends. */
  readonly getValue: () => string;
  /** Makes edits that came from the shared text; they must not come back to `local`. */
  readonly apply: (edits: readonly Edit[]) => void;
}

/** A longer insert goes out in several updates, each well below the server's message limit. */
const INSERT_MAX = 4 * 1024 * 1024;
/** Quiet time before both sides are compared. */
const CHECK_MS = 1000;

/** Null where the event has what a buffer cannot show as it stands. */
function readDelta(event: Y.YTextEvent): Delta | null {
  const steps: Step[] = [];
  for (const part of event.delta) {
    if (part.retain !== undefined) steps.push({ retain: part.retain });
    else if (part.delete !== undefined) steps.push({ remove: part.delete });
    else if (typeof part.insert === 'string' && !part.insert.includes('\r')) {
      steps.push({ insert: part.insert });
    } else return null;
  }
  return steps;
}

/**
 * Keeps a `Y.Text` and an editor's buffer alike. Local changes go to the text at
 * once. Remote ones go to the buffer at once too, except while they are held:
 * then they wait, and both sides are translated past each other, so that an
 * input method in the middle of a word is not disturbed.
 */
export class TextSync {
  /** Of the transactions with local changes: what undo tracks. */
  readonly origin = { what: 'typing' };
  readonly #text: Y.Text;
  readonly #buffer: TextBuffer;
  /** Remote changes not in the buffer yet, over the buffer's present text. */
  #held: Delta | null = null;
  #mustCompare = false;
  #disposed = false;
  #checkTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(text: Y.Text, buffer: TextBuffer) {
    this.#text = text;
    this.#buffer = buffer;
    text.observe(this.#onText);
    this.#compare();
  }

  get holding(): boolean {
    return this.#held !== null;
  }

  /** The user changed the buffer. Offsets are those before the change; edits do not overlap. */
  local(edits: readonly Edit[]): void {
    let damaged = false;
    const clean = edits.map((edit) => {
      const text = wellFormed(toLf(edit.text));
      damaged ||= text !== edit.text;
      return { ...edit, text };
    });
    let delta = fromEdits(this.#held === null && !damaged ? this.#trimmed(clean) : clean);
    if (this.#held !== null) {
      const held = this.#held;
      this.#held = transform(delta, held, false);
      delta = transform(held, delta, true);
    }
    this.#write(delta);
    if (damaged) this.#compareSoon();
    this.#checkLater();
  }

  /** From here on remote changes wait until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held;
    this.#held = null;
    if (held !== null && held.length > 0) this.#buffer.apply(toEdits(held));
  }

  /** Buffer offset to text offset; they differ while changes are held. */
  toText(offset: number): number {
    return this.#held === null ? offset : moveOffset(this.#held, offset, 'left');
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#checkTimer);
    this.#text.unobserve(this.#onText);
  }

  /** What a replacement leaves as it was is not replaced: cursors of others stay there. */
  #trimmed(edits: readonly Edit[]): Edit[] {
    let old: string | null = null;
    return edits.map((edit) => {
      if (edit.length === 0 || edit.text === '') return edit;
      old ??= this.#text.toString();
      const replaced = old.slice(edit.offset, edit.offset + edit.length);
      const { start, end } = trimCommon(replaced, edit.text);
      return {
        offset: edit.offset + start,
        length: edit.length - start - end,
        text: edit.text.slice(start, edit.text.length - end),
      };
    });
  }

  #write(delta: Delta): void {
    const text = this.#text;
    const rest: { at: number; text: string }[] = [];
    text.doc?.transact((transaction) => {
      let at = 0;
      for (const step of delta) {
        if ('retain' in step) at += step.retain;
        else if ('remove' in step) text.delete(at, step.remove);
        else if (step.insert.length <= INSERT_MAX) {
          insertAfter(text, at, step.insert, transaction);
          at += step.insert.length;
        } else {
          rest.push({ at, text: step.insert });
        }
      }
    }, this.origin);
    for (const part of rest.reverse()) this.#writeLong(part.at, part.text);
  }

  #writeLong(at: number, inserted: string): void {
    for (let from = 0; from < inserted.length; ) {
      let to = Math.min(inserted.length, from + INSERT_MAX);
      if (/[\ud800-\udbff]/.test(inserted.charAt(to - 1))) to -= 1;
      const piece = inserted.slice(from, to);
      const offset = at + from;
      this.#text.doc?.transact((one) => insertAfter(this.#text, offset, piece, one), this.origin);
      from = to;
    }
  }

  readonly #onText = (event: Y.YTextEvent, transaction: Y.Transaction): void => {
    if (transaction.origin === this.origin) return;
    const delta = this.#mustCompare ? null : readDelta(event);
    if (delta === null) return this.#compareSoon();
    if (this.#held === null) this.#buffer.apply(toEdits(delta));
    else this.#held = compose(this.#held, delta);
    this.#checkLater();
  };

  /** After the transaction under way, before any further input. */
  #compareSoon(): void {
    if (this.#mustCompare) return;
    this.#mustCompare = true;
    queueMicrotask(() => this.#compare());
  }

  /** Makes the buffer what the text is, however they came to differ. */
  #compare(): void {
    if (this.#disposed) return;
    this.#mustCompare = true; // what tidying reports is part of the comparison
    tidy(this.#text);
    this.#mustCompare = false;
    const edits = difference(this.#buffer.getValue(), toLf(this.#text.toString()));
    if (this.#held !== null) this.#held = fromEdits(edits);
    else if (edits.length > 0) this.#buffer.apply(edits);
  }

  /**
   * Two people cutting one emoji in half at once end with Yjs replacing the
   * halves, which no event reports. Seen here once both have paused.
   */
  #checkLater(): void {
    clearTimeout(this.#checkTimer);
    this.#checkTimer = setTimeout(() => {
      if (this.#held === null) this.#compare();
    }, CHECK_MS);
  }
}

const TIDY = { what: 'tidy' };

/**
 * Takes out of a text what is none: the CR of a CRLF, and embedded objects.
 * All clients remove the same characters, so doing it at once does no harm.
 */
function tidy(text: Y.Text): void {
  const removals: { at: number; count: number }[] = [];
  let at = 0;
  let endsWithCr = false;
  for (const part of text.toDelta() as { insert: unknown }[]) {
    if (typeof part.insert !== 'string') {
      removals.push({ at, count: 1 });
      at += 1;
      continue;
    }
    if (endsWithCr && part.insert.startsWith('\n')) removals.push({ at: at - 1, count: 1 });
    for (let i = part.insert.indexOf('\r\n'); i >= 0; i = part.insert.indexOf('\r\n', i + 2)) {
      removals.push({ at: at + i, count: 1 });
    }
    endsWithCr = part.insert.endsWith('\r');
    at += part.insert.length;
  }
  if (removals.length === 0) return;
  text.doc?.transact(() => {
    for (const { at: offset, count } of removals.reverse()) text.delete(offset, count);
  }, TIDY);
}
