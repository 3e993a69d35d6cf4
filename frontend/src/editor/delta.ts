/**
 * Plain-text changes as lists of steps over a text, in UTF-16 units, and the
 * three things needed of them: one after the other, one around the other, and
 * where an offset ends up.
 */

export type Step =
  | { readonly retain: number }
  | { readonly insert: string }
  | { readonly remove: number };

/** What is after the last step stays as it is. */
export type Delta = readonly Step[];

/** Replace `length` units at `offset` by `text`. Offsets are those before the change. */
export interface Edit {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

class Builder {
  readonly steps: Step[] = [];

  retain(count: number): void {
    if (count === 0) return;
    const last = this.steps.at(-1);
    if (last !== undefined && 'retain' in last) {
      this.steps[this.steps.length - 1] = { retain: last.retain + count };
    } else this.steps.push({ retain: count });
  }

  insert(text: string): void {
    if (text === '') return;
    const last = this.steps.at(-1);
    if (last !== undefined && 'insert' in last) {
      this.steps[this.steps.length - 1] = { insert: last.insert + text };
    } else this.steps.push({ insert: text });
  }

  remove(count: number): void {
    if (count === 0) return;
    const last = this.steps.at(-1);
    if (last !== undefined && 'remove' in last) {
      this.steps[this.steps.length - 1] = { remove: last.remove + count };
    } else this.steps.push({ remove: count });
  }

  /** Without the retain at the end, which says nothing. */
  done(): Delta {
    const last = this.steps.at(-1);
    if (last !== undefined && 'retain' in last) this.steps.pop();
    return this.steps;
  }
}

/** Hands out a delta in pieces; past its end everything is retained. */
class Reader {
  #index = 0;
  #used = 0;
  constructor(readonly delta: Delta) {}

  get step(): Step | undefined {
    return this.delta[this.#index];
  }

  /** Units left in the current step; infinite past the end. */
  get left(): number {
    const { step } = this;
    if (step === undefined) return Infinity;
    if ('retain' in step) return step.retain - this.#used;
    if ('remove' in step) return step.remove - this.#used;
    return step.insert.length - this.#used;
  }

  /** Of an insert: the text taken. */
  take(count: number): string {
    const { step } = this;
    if (step === undefined) return '';
    const text = 'insert' in step ? step.insert.slice(this.#used, this.#used + count) : '';
    this.#used += count;
    if (this.left <= 0) {
      this.#index += 1;
      this.#used = 0;
    }
    return text;
  }
}

/** Edits must not overlap; their order does not matter. */
export function fromEdits(edits: readonly Edit[]): Delta {
  const out = new Builder();
  let at = 0;
  for (const { offset, length, text } of [...edits].sort((a, b) => a.offset - b.offset)) {
    out.retain(offset - at);
    out.remove(length);
    out.insert(text);
    at = offset + length;
  }
  return out.done();
}

/** Ascending, one edit for each changed place. */
export function toEdits(delta: Delta): Edit[] {
  const edits: Edit[] = [];
  let at = 0;
  let open: { offset: number; length: number; text: string } | null = null;
  for (const step of delta) {
    if ('retain' in step) {
      if (open !== null) edits.push(open);
      open = null;
      at += step.retain;
      continue;
    }
    open ??= { offset: at, length: 0, text: '' };
    if ('insert' in step) open.text += step.insert;
    else {
      open.length += step.remove;
      at += step.remove;
    }
  }
  if (open !== null) edits.push(open);
  return edits;
}

/** First `a`, then `b`, as one. */
export function compose(a: Delta, b: Delta): Delta {
  const out = new Builder();
  const first = new Reader(a);
  const then = new Reader(b);
  for (;;) {
    const [x, y] = [first.step, then.step];
    if (x === undefined && y === undefined) return out.done();
    if (y !== undefined && 'insert' in y) {
      out.insert(then.take(then.left));
      continue;
    }
    if (x !== undefined && 'remove' in x) {
      out.remove(first.left);
      first.take(first.left);
      continue;
    }
    const count = Math.min(first.left, then.left);
    const text = first.take(count);
    then.take(count);
    const keeps = y === undefined || 'retain' in y;
    if (x !== undefined && 'insert' in x) {
      if (keeps) out.insert(text);
    } else if (keeps) out.retain(count);
    else out.remove(count);
  }
}

/**
 * `b` as it reads once `a` has been applied; both were made over the same text.
 * Where both insert at one place, `bFirst` tells whose text stands first.
 */
export function transform(a: Delta, b: Delta, bFirst: boolean): Delta {
  const out = new Builder();
  const done = new Reader(a);
  const next = new Reader(b);
  for (;;) {
    const [x, y] = [done.step, next.step];
    if (y === undefined) return out.done();
    const xInserts = x !== undefined && 'insert' in x;
    const yInserts = 'insert' in y;
    if (xInserts && !(yInserts && bFirst)) {
      out.retain(done.left);
      done.take(done.left);
    } else if (yInserts) {
      out.insert(next.take(next.left));
    } else {
      const count = Math.min(done.left, next.left);
      done.take(count);
      next.take(count);
      if (x !== undefined && 'remove' in x) continue;
      if ('retain' in y) out.retain(count);
      else out.remove(count);
    }
  }
}

/** Where `offset` is after `delta`. `stick`: the side it stays at when text is inserted there. */
export function moveOffset(delta: Delta, offset: number, stick: 'left' | 'right'): number {
  let before = 0;
  let after = 0;
  for (const step of delta) {
    if (before > offset || (before === offset && stick === 'left')) break;
    if ('retain' in step) {
      before += step.retain;
      after += step.retain;
    } else if ('insert' in step) {
      after += step.insert.length;
    } else {
      before += step.remove;
      if (before >= offset) {
        // Inside of what was removed: at its place. An insert that follows is a replacement.
        return after;
      }
    }
  }
  return after + (offset - before);
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** Two texts cut to where they differ, never between the halves of a surrogate pair. */
export function trimCommon(before: string, after: string): { start: number; end: number } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  if (start > 0 && isHigh(before.charCodeAt(start - 1))) start--;
  const most = shorter - start;
  let end = 0;
  while (
    end < most &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  ) {
    end++;
  }
  if (end > 0 && isLow(before.charCodeAt(before.length - end))) end--;
  return { start, end };
}

/** The one edit that turns `before` into `after`, or none. */
export function difference(before: string, after: string): Edit[] {
  if (before === after) return [];
  const { start, end } = trimCommon(before, after);
  return [
    {
      offset: start,
      length: before.length - start - end,
      text: after.slice(start, after.length - end),
    },
  ];
}

export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const { offset, length, text: inserted } of [...edits].sort((a, b) => a.offset - b.offset)) {
    result += text.slice(at, offset) + inserted;
    at = offset + length;
  }
  return result + text.slice(at);
}
