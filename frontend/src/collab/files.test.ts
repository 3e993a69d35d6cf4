import { expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { createFiles, createTitle } from './files';
import { seedRoom } from './test-server';
import { PathError } from './types';

function put(doc: Y.Doc, id: string, path: unknown, text: unknown = new Y.Text()): void {
  const file = new Y.Map<unknown>();
  file.set('path', path);
  if (text !== null) file.set('text', text);
  doc.getMap('files').set(id, file);
}

const shown = (files: ReturnType<typeof createFiles>) => files.get().map((f) => [f.id, f.displayPath]);

test('of two files with one path the smaller id keeps it', () => {
  const doc = new Y.Doc();
  const files = createFiles(doc);
  put(doc, 'b', 'src/a.py');
  put(doc, 'a', 'src/a.py');
  put(doc, 'c', 'src/a.py');
  put(doc, 'd', 'src/a (2).py');
  const names = new Map(shown(files) as [string, string][]);
  expect(names.get('a')).toBe('src/a.py');
  expect(new Set(names.values()).size).toBe(4);
  expect(names.get('b')).not.toBe('src/a.py');
});

test('unsafe paths are shown and downloaded safe', () => {
  const doc = new Y.Doc();
  const files = createFiles(doc);
  put(doc, 'a', '../../etc/passwd');
  put(doc, 'b', '/root/.ssh/x');
  put(doc, 'c', 'C:\\windows\\system.ini');
  put(doc, 'd', 'a\u0000b\u202e.txt');
  put(doc, 'e', '..');
  put(doc, 'f', 42);
  put(doc, 'g', 'x'.repeat(9000));
  const names = files.get().map((file) => file.displayPath);
  for (const name of names) {
    expect(name).not.toMatch(/^\/|\\|\.\.(\/|$)|[\u0000-\u001f]|:/);
    expect(name.length).toBeLessThanOrEqual(255);
  }
  expect(names).toContain('etc/passwd');
  expect(names).toContain('ab.txt');
  expect(new Set(names).size).toBe(7);
});

test('what is no file with a text is left out', () => {
  const doc = new Y.Doc();
  const files = createFiles(doc);
  put(doc, 'a', 'a', null);
  put(doc, 'b', 'b', 'plain string');
  doc.getMap('files').set('c', 'nothing');
  put(doc, 'd', 'd');
  expect(files.get().map((file) => file.id)).toEqual(['d']);
  expect(files.text('b')).toBeNull();
});

test('a main that points nowhere is the first path', () => {
  const doc = new Y.Doc();
  const files = createFiles(doc);
  expect(files.mainId()).toBeNull();
  put(doc, 'b', 'b.py');
  put(doc, 'a', 'z.py');
  doc.getMap('meta').set('main', 'gone');
  expect(files.mainId()).toBe('b');
  files.setMain('a');
  expect(files.mainId()).toBe('a');
  files.remove('a');
  expect(files.mainId()).toBe('b');
});

test.each([
  ['', 'name'],
  ['   ', 'name'],
  ['/abs', 'relative'],
  ['C:/x', 'relative'],
  ['a/../b', '“..”'],
  ['./a', '“.”'],
  ['a//b', 'empty folder'],
  ['dir/', 'file name'],
  ['a\\b', '“/”'],
  ['a\nb', 'control'],
  ['é'.repeat(128), 'too long'],
  ['main.py', 'already'],
  ['main.py/x', 'is a file'],
  [' a', 'space'],
])('the path %j is refused with words about it', (path, word) => {
  const doc = new Y.Doc();
  seedRoom(doc);
  const files = createFiles(doc);
  expect(files.checkPath(path)).toContain(word);
  expect(() => files.create(path)).toThrow(PathError);
  expect(files.get()).toHaveLength(1);
});

test('a file may keep its own name when it is renamed', () => {
  const doc = new Y.Doc();
  seedRoom(doc);
  const files = createFiles(doc);
  expect(files.checkPath('main.py', 'main-id')).toBeNull();
  files.rename('main-id', 'src/main.py');
  expect(files.byId('main-id')?.path).toBe('src/main.py');
  expect(files.checkPath('src')).toContain('folder');
});

test('a new file has LF text and survives the trip to another client', () => {
  const doc = new Y.Doc();
  const files = createFiles(doc);
  const id = files.create('dir/new.ts', 'a\r\nb\rc\ud800');
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
  const there = createFiles(other);
  expect(there.text(id)?.toString()).toBe('a\nb\nc\ufffd');
  files.setLanguage(id, 'python');
  expect(files.byId(id)?.language).toBe('python');
  files.setLanguage(id, null);
  expect(files.byId(id)?.language).toBeNull();
});

test('typing in a file does not change the list', () => {
  const doc = new Y.Doc();
  const text = seedRoom(doc);
  const files = createFiles(doc);
  const list = files.get();
  const listener = vi.fn();
  const stop = files.subscribe(listener);
  text.insert(0, 'abc');
  expect(listener).not.toHaveBeenCalled();
  files.create('second.py');
  expect(listener).toHaveBeenCalledTimes(1);
  expect(files.get()).toContain(list[0]);
  stop();
  files.create('third.py');
  expect(listener).toHaveBeenCalledTimes(1);
});

test('folders come first and numbers are numbers', () => {
  const doc = new Y.Doc();
  const files = createFiles(doc);
  for (const path of ['b.py', 'file10', 'file2', 'src/z', 'src/lib/a', 'Apple']) files.create(path);
  expect(files.get().map((file) => file.displayPath)).toEqual([
    'src/lib/a', 'src/z', 'Apple', 'b.py', 'file2', 'file10',
  ]);
});

test('a title is trimmed and cleaned', () => {
  const doc = new Y.Doc();
  const title = createTitle(doc);
  title.set('  My\n room\u0000 ' + 'x'.repeat(200));
  expect(title.get().startsWith('My room xx')).toBe(true);
  expect(title.get()).toHaveLength(120);
});
