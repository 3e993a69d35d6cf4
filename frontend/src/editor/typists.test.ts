import { expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { applyEdits, type Edit, fromEdits, moveOffset } from './delta';
import { type TextBuffer, TextSync } from './textSync';

vi.setConfig({ testTimeout: 60_000 });

/** Deterministic, so that a failure can be run again by its seed. */
function random(seed: number) {
  let state = seed >>> 0;
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let i = 0; i < 5; i++) next(2);
  return next;
}

/** Somebody at a page: a caret that is moved as the editor moves it, and updates that have not arrived yet. */
class Typist implements TextBuffer {
  readonly doc = new Y.Doc();
  readonly sync: TextSync;
  readonly arriving: Uint8Array[] = [];
  keys: string[] = [];
  value = '';
  caret = 0;
  connected = true;

  constructor(clientId: number, start: Uint8Array) {
    this.doc.clientID = clientId;
    Y.applyUpdate(this.doc, start, 'net');
    this.sync = new TextSync(this.doc.getText('t'), this);
  }

  readonly getValue = (): string => this.value;
  readonly apply = (edits: readonly Edit[]): void => {
    this.value = applyEdits(this.value, edits);
    this.caret = moveOffset(fromEdits(edits), this.caret, 'left');
  };

  press(key: string): void {
    if (key === 'End') {
      this.caret = this.value.length;
      return;
    }
    const back = key === 'Backspace';
    const edit = { offset: this.caret - (back ? 1 : 0), length: back ? 1 : 0, text: back ? '' : key };
    this.value = applyEdits(this.value, [edit]);
    this.caret = edit.offset + edit.text.length;
    this.sync.local([edit]);
  }

  arrive(): void {
    const update = this.arriving.shift();
    if (update !== undefined) Y.applyUpdate(this.doc, update, 'net');
  }
}

function gather(clientIds: readonly number[], text: string): Typist[] {
  const first = new Y.Doc();
  first.clientID = 1;
  first.getText('t').insert(0, text);
  const people = clientIds.map((id) => new Typist(id, Y.encodeStateAsUpdate(first)));
  for (const one of people) {
    one.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === 'net' || !one.connected) return;
      for (const other of people) if (other !== one && other.connected) other.arriving.push(update);
    });
  }
  return people;
}

/** All that is under way arrives, and what never did. */
function settle(people: readonly Typist[]): void {
  for (const one of people) while (one.arriving.length > 0) one.arrive();
  for (const from of people) {
    for (const to of people) {
      if (from !== to) Y.applyUpdate(to.doc, Y.encodeStateAsUpdate(from.doc, Y.encodeStateVector(to.doc)), 'net');
    }
  }
  for (const one of people) expect(one.value).toBe(people[0]?.value);
}

function press(person: Typist, keys: Iterable<string>): void {
  for (const key of keys) person.press(key);
}

test('a word stays whole although what stood right of the caret was deleted while it was typed', () => {
  const people = gather([10, 30, 20], '#') as [Typist, Typist, Typist];
  const [ann, bob, cleo] = people;
  press(bob, ['End', 'a', 'b', 'c', 'd']);
  // Cleo's line is cut when she has half of it.
  cleo.arrive();
  cleo.arrive();
  cleo.connected = false;
  cleo.arriving.length = 0;
  press(ann, ['End']);
  ann.arrive();
  ann.arrive();
  press(ann, ['w', 'o']);
  press(bob, ['Backspace', 'Backspace', 'Backspace', 'Backspace']);
  while (ann.arriving.length > 0) ann.arrive();
  press(ann, ['r', 'd']);
  press(cleo, ['End', 'o', 'f', 'f', 'l', 'i', 'n', 'e']);
  settle(people);
  expect(ann.value).toContain('word');
  expect(ann.value).toContain('offline');
});

test('what replaces a selection stands where the selection was, and undo brings the old text back', () => {
  const [ann] = gather([10], 'one two three') as [Typist];
  const undo = new Y.UndoManager(ann.doc.getText('t'), { trackedOrigins: new Set([ann.sync.origin]) });
  ann.value = 'one 2 three';
  ann.sync.local([{ offset: 4, length: 3, text: '2' }]);
  expect(ann.doc.getText('t').toString()).toBe('one 2 three');
  ann.sync.local([{ offset: 0, length: 3, text: '1' }]);
  expect(ann.doc.getText('t').toString()).toBe('1 2 three');
  // What yjs remembers of places does not mislead it afterwards.
  ann.doc.transact(() => ann.doc.getText('t').insert(9, '!'), ann.sync.origin);
  expect(ann.doc.getText('t').toString()).toBe('1 2 three!');
  undo.undo();
  expect(ann.doc.getText('t').toString()).toBe('one two three');
  undo.redo();
  expect(ann.doc.getText('t').toString()).toBe('1 2 three!');
});

/** Noise at one place, of which some does not arrive; then everybody types one word without moving the caret. */
function session(seed: number): void {
  const pick = random(seed);
  const ids = [2, 3, 4].map((n) => n + 3 * pick(100_000));
  const people = gather(ids, '##\n');
  for (const one of people) {
    press(one, ['End']);
    one.keys = Array.from('.'.repeat(12));
    one.keys.push(...Array.from({ length: 10 }, () => 'Backspace'));
  }
  const goOn = (): void => {
    const lag = 2 + pick(5);
    while (people.some((one) => one.keys.length > 0)) {
      const one = people[pick(3)];
      if (one === undefined) continue;
      if (pick(lag) === 0) one.arrive();
      else if (one.keys.length > 0) one.press(one.keys.shift() ?? '');
    }
  };
  goOn();
  for (const one of people) while (one.arriving.length > 3 && pick(20) > 0) one.arrive();
  const absent = people[pick(3)];
  if (absent !== undefined) {
    absent.connected = false;
    absent.arriving.length = 0;
  }
  const words = ['A', 'B', 'C'].map((name) => Array.from({ length: 16 }, (_, i) => `${name}${i}`).join(','));
  people.forEach((one, i) => {
    one.press('End');
    one.keys = Array.from(words[i] ?? '').flatMap((key) => (pick(4) === 0 ? [key, '-', 'Backspace'] : [key]));
  });
  goOn();
  settle(people);
  for (const word of words) expect(people[0]?.value, `seed ${seed}`).toContain(word);
}

test('what somebody types in a row hangs together, whatever others type and delete there and whenever it arrives', () => {
  for (let seed = 1; seed <= 60; seed++) session(seed);
});
