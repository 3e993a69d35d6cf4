import { expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { applyEdits, compose, difference, type Edit, fromEdits, moveOffset, toEdits, transform } from './delta';
import { type TextBuffer, TextSync } from './textSync';

vi.setConfig({ testTimeout: 30_000 });

/** Deterministic, so that a failure can be run again by its seed. */
function random(seed: number) {
  let state = seed >>> 0;
  return (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const PIECES = ['a', 'bc', '\n', '😀', 'é', '  ', 'xyz\n', '👩‍💻'];

function randomEdits(text: string, pick: (below: number) => number): Edit[] {
  const units = [...text];
  const edits: Edit[] = [];
  let at = 0;
  let offset = 0;
  while (at <= units.length && edits.length < 3) {
    const skip = pick(units.length - at + 1);
    offset += units.slice(at, at + skip).join('').length;
    at += skip;
    const cut = pick(Math.min(4, units.length - at + 1));
    const length = units.slice(at, at + cut).join('').length;
    const inserted = pick(3) === 0 ? '' : (PIECES[pick(PIECES.length)] ?? '');
    if (length > 0 || inserted !== '') edits.push({ offset, length, text: inserted });
    at += cut + 1;
    offset += length + (units[at - 1] ?? '').length;
    if (pick(2) === 0) break;
  }
  return edits;
}

class Page implements TextBuffer {
  readonly doc = new Y.Doc();
  readonly text = this.doc.getText('t');
  value = '';
  readonly sync: TextSync;
  readonly undo: Y.UndoManager;

  constructor(initial?: Uint8Array) {
    if (initial !== undefined) Y.applyUpdate(this.doc, initial);
    this.sync = new TextSync(this.text, this);
    this.undo = new Y.UndoManager(this.text, { trackedOrigins: new Set([this.sync.origin]) });
  }

  readonly getValue = (): string => this.value;
  readonly apply = (edits: readonly Edit[]): void => {
    this.value = applyEdits(this.value, edits);
  };

  type(edits: Edit[]): void {
    this.value = applyEdits(this.value, edits);
    this.sync.local(edits);
  }
}

function exchange(pages: readonly Page[]): void {
  for (const from of pages) {
    for (const to of pages) {
      if (from !== to) Y.applyUpdate(to.doc, Y.encodeStateAsUpdate(from.doc, Y.encodeStateVector(to.doc)), 'net');
    }
  }
}

test('deltas: composing and transforming agree with doing, for 2000 random pairs', () => {
  for (let seed = 1; seed <= 2000; seed++) {
    const pick = random(seed);
    const text = Array.from({ length: pick(12) }, () => PIECES[pick(PIECES.length)]).join('');
    const a = fromEdits(randomEdits(text, pick));
    const afterA = applyEdits(text, toEdits(a));
    const next = fromEdits(randomEdits(afterA, pick));
    expect(applyEdits(text, toEdits(compose(a, next))), `seed ${seed}`).toBe(applyEdits(afterA, toEdits(next)));
    const b = fromEdits(randomEdits(text, pick));
    const afterB = applyEdits(text, toEdits(b));
    expect(applyEdits(afterA, toEdits(transform(a, b, true))), `seed ${seed}`).toBe(
      applyEdits(afterB, toEdits(transform(b, a, false))),
    );
  }
});

test('a difference never cuts a surrogate pair', () => {
  const [edit] = difference('x😀y', 'x😁y');
  expect(edit).toEqual({ offset: 1, length: 2, text: '😁' });
  expect(difference('😀😀', '😀')).toHaveLength(1);
  for (let seed = 1; seed <= 500; seed++) {
    const pick = random(seed);
    const make = () => Array.from({ length: pick(8) }, () => PIECES[pick(PIECES.length)]).join('');
    const [a, b] = [make(), make()];
    expect(applyEdits(a, difference(a, b))).toBe(b);
  }
});

test('a caret stays with what is before it, or goes with what is after it', () => {
  const insert = fromEdits([{ offset: 3, length: 0, text: 'xx' }]);
  expect(moveOffset(insert, 3, 'left')).toBe(3);
  expect(moveOffset(insert, 3, 'right')).toBe(5);
  expect(moveOffset(insert, 2, 'right')).toBe(2);
  expect(moveOffset(insert, 4, 'left')).toBe(6);
  const replace = fromEdits([{ offset: 1, length: 4, text: 'new' }]);
  expect(moveOffset(replace, 3, 'left')).toBe(1);
  expect(moveOffset(replace, 6, 'left')).toBe(5);
  expect(moveOffset([], 9, 'left')).toBe(9);
});

test('three pages with random edits at once end alike, some of them holding', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const pick = random(seed);
    const pages = [new Page(), new Page(), new Page()];
    for (let round = 0; round < 25; round++) {
      for (const page of pages) {
        if (pick(3) === 0) page.sync.hold();
        if (pick(2) === 0) page.type(randomEdits(page.value, pick));
        if (pick(8) === 0) page.undo.undo();
        if (pick(3) === 0) page.sync.release();
      }
      if (pick(2) === 0) exchange(pages);
    }
    for (const page of pages) page.sync.release();
    exchange(pages);
    const [first] = pages;
    for (const page of pages) {
      expect(page.text.toString(), `seed ${seed}`).toBe(first?.text.toString());
      expect(page.value, `seed ${seed}`).toBe(page.text.toString());
      page.sync.dispose();
    }
  }
});

test('while held, the buffer is left alone and typing still reaches the others', () => {
  const pages = [new Page(), new Page()] as const;
  const [a, b] = pages;
  a.type([{ offset: 0, length: 0, text: 'one two' }]);
  exchange(pages);
  a.sync.hold();
  b.type([{ offset: 0, length: 0, text: '>>> ' }]);
  exchange(pages);
  expect(a.value).toBe('one two');
  a.type([{ offset: 3, length: 0, text: 'かん' }]);
  a.type([{ offset: 3, length: 2, text: '漢' }]);
  expect(a.sync.toText(4)).toBe(8);
  exchange(pages);
  expect(b.value).toBe('>>> one漢 two');
  expect(a.value).toBe('one漢 two');
  a.sync.release();
  expect(a.value).toBe('>>> one漢 two');
});

test('undo takes back the own edits alone, and redo brings them back', () => {
  const pages = [new Page(), new Page()] as const;
  const [a, b] = pages;
  a.type([{ offset: 0, length: 0, text: 'mine ' }]);
  exchange(pages);
  b.type([{ offset: 5, length: 0, text: 'yours' }]);
  exchange(pages);
  a.undo.undo();
  expect(a.value).toBe('yours');
  a.undo.undo();
  expect(a.value).toBe('yours');
  a.undo.redo();
  expect(a.value).toBe('mine yours');
  exchange(pages);
  expect(b.value).toBe('mine yours');
});

test('CRLF written by another client is tidied for all', async () => {
  const foreign = new Y.Doc();
  foreign.getText('t').insert(0, 'a\r\nb\r\nc');
  const page = new Page(Y.encodeStateAsUpdate(foreign));
  expect(page.value).toBe('a\nb\nc');
  expect(page.text.toString()).toBe('a\nb\nc');
  Y.applyUpdate(foreign, Y.encodeStateAsUpdate(page.doc));
  foreign.getText('t').insert(5, '\r\nd\re');
  Y.applyUpdate(page.doc, Y.encodeStateAsUpdate(foreign), 'net');
  await Promise.resolve();
  expect(page.value).toBe('a\nb\nc\nd\ne');
  page.type([{ offset: 9, length: 0, text: '!' }]);
  expect(page.text.toString()).toBe('a\nb\nc\nd\re!');
});

test('a pasted CR, CRLF or half surrogate does not get into the text', async () => {
  const page = new Page();
  page.type([{ offset: 0, length: 0, text: 'a\r\nb\rc' }]);
  await Promise.resolve();
  expect(page.text.toString()).toBe('a\nb\nc');
  expect(page.value).toBe('a\nb\nc');
  page.type([{ offset: 0, length: 0, text: '\ud83d' }]);
  await Promise.resolve();
  expect(page.value).toBe('\ufffda\nb\nc');
  expect(page.text.toString()).toBe(page.value);
});

test('embedded objects of other clients do not shift the text', () => {
  const foreign = new Y.Doc();
  foreign.getText('t').insert(0, 'ab');
  foreign.getText('t').insertEmbed(1, { image: 'x' });
  const page = new Page(Y.encodeStateAsUpdate(foreign));
  expect(page.value).toBe('ab');
  page.type([{ offset: 2, length: 0, text: 'c' }]);
  expect(page.text.toString()).toBe('abc');
});

test('halves that Yjs replaced without saying so are seen after a pause', () => {
  vi.useFakeTimers();
  const page = new Page();
  page.type([{ offset: 0, length: 0, text: '😀' }]);
  page.text.delete(1, 1); // as an API client may
  vi.advanceTimersByTime(1500);
  expect(page.value).toBe(page.text.toString());
  expect(page.value).toBe('\ufffd');
  vi.useRealTimers();
});

test('a replacement keeps what both texts have in common', () => {
  const page = new Page();
  page.type([{ offset: 0, length: 0, text: 'const value = 1;' }]);
  const updates: Uint8Array[] = [];
  page.doc.on('update', (update: Uint8Array) => updates.push(update));
  page.type([{ offset: 0, length: 16, text: 'const velue = 1;' }]);
  expect(page.text.toString()).toBe('const velue = 1;');
  expect(updates[0]?.length).toBeLessThan(40);
});

test('a megabyte is one update and takes no time worth mentioning', () => {
  const page = new Page();
  page.type([{ offset: 0, length: 0, text: 'start\nend' }]);
  let updates = 0;
  page.doc.on('update', () => updates++);
  const started = performance.now();
  page.type([{ offset: 6, length: 0, text: 'let x = 1; // π\n'.repeat(65536) }]);
  expect(performance.now() - started).toBeLessThan(2000);
  expect(updates).toBe(1);
  expect(page.text.length).toBe(65536 * 16 + 9);
});

test('a huge paste goes out in pieces and is whole', () => {
  const page = new Page();
  let updates = 0;
  page.doc.on('update', () => updates++);
  const huge = `a${'😀'.repeat(3 * 1024 * 1024)}`;
  page.type([{ offset: 0, length: 0, text: huge }]);
  expect(updates).toBe(2);
  expect(page.text.toString() === huge).toBe(true);
});
