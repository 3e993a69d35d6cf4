import { describe, expect, it } from 'vitest';
import type { RoomFile } from '../../collab/types';
import { checkRename, renamePaths } from './renaming';
import { buildTree, filesUnder, treeKey, visibleRows } from './tree';

function file(path: string): RoomFile {
  return { id: `id:${path}`, path, displayPath: path, language: null, isMain: false };
}

const FILES = ['z.py', 'src/b10.py', 'src/b2.py', 'src/core/a.py', 'README.md'].map(file);
const EMPTY: ReadonlySet<string> = new Set();

function keys(collapsed: ReadonlySet<string> = EMPTY): string[] {
  return visibleRows(buildTree(FILES), collapsed).map((row) => row.node.key);
}

describe('buildTree', () => {
  it('puts folders before files, each in natural order', () => {
    expect(keys()).toEqual([
      'src/',
      'src/core/',
      'src/core/a.py',
      'src/b2.py',
      'src/b10.py',
      'README.md',
      'z.py',
    ]);
  });

  it('leaves out what is inside a collapsed folder', () => {
    expect(keys(new Set(['src/']))).toEqual(['src/', 'README.md', 'z.py']);
  });

  it('says level and place for screen readers', () => {
    const row = visibleRows(buildTree(FILES), EMPTY)[3];
    expect(row).toMatchObject({ level: 2, place: 2, siblings: 3, parentKey: 'src/' });
  });

  it('is not fooled by names of object members', () => {
    const odd = buildTree([file('__proto__/x'), file('constructor')]);
    expect(odd.map((node) => node.key)).toEqual(['__proto__/', 'constructor']);
  });
});

describe('treeKey', () => {
  const rows = visibleRows(buildTree(FILES), EMPTY);
  const at = (key: string) => rows.findIndex((row) => row.node.key === key);

  it('walks with the arrow keys and stops at the ends', () => {
    expect(treeKey('ArrowDown', rows, 0)).toEqual({ kind: 'focus', key: 'src/core/' });
    expect(treeKey('ArrowUp', rows, 0)).toBeNull();
    expect(treeKey('End', rows, 0)).toEqual({ kind: 'focus', key: 'z.py' });
    expect(treeKey('ArrowDown', rows, rows.length - 1)).toBeNull();
  });

  it('goes into an open folder and out to the parent', () => {
    expect(treeKey('ArrowRight', rows, 0)).toEqual({ kind: 'focus', key: 'src/core/' });
    expect(treeKey('ArrowLeft', rows, at('src/b2.py'))).toEqual({ kind: 'focus', key: 'src/' });
    expect(treeKey('ArrowLeft', rows, 0)).toEqual({ kind: 'collapse', key: 'src/' });
  });

  it('opens a closed folder', () => {
    const closed = visibleRows(buildTree(FILES), new Set(['src/']));
    expect(treeKey('ArrowRight', closed, 0)).toEqual({ kind: 'expand', key: 'src/' });
    expect(treeKey('Enter', closed, 0)).toEqual({ kind: 'expand', key: 'src/' });
  });

  it('opens, renames and deletes', () => {
    expect(treeKey('Enter', rows, at('z.py'))).toMatchObject({ kind: 'open' });
    expect(treeKey('F2', rows, at('z.py'))).toMatchObject({ kind: 'rename' });
    expect(treeKey('Delete', rows, at('src/'))).toMatchObject({ kind: 'remove' });
  });

  it('jumps to the next name with a letter', () => {
    expect(treeKey('b', rows, at('src/b2.py'))).toEqual({ kind: 'focus', key: 'src/b10.py' });
    expect(treeKey('q', rows, 0)).toBeNull();
    expect(treeKey('Tab', rows, 0)).toBeNull();
  });
});

describe('renaming a folder', () => {
  const folder = buildTree(FILES)[0];
  if (!folder) throw new Error('no folder');

  it('moves every file in it', () => {
    expect(filesUnder(folder)).toHaveLength(3);
    expect([...renamePaths(folder, 'lib').values()]).toEqual([
      'lib/core/a.py',
      'lib/b2.py',
      'lib/b10.py',
    ]);
  });

  it('is refused when one of the new paths is', () => {
    const checkPath = (path: string) => (path === 'lib/b2.py' ? 'taken' : null);
    expect(checkRename({ checkPath }, folder, 'lib')).toBe('taken');
    expect(checkRename({ checkPath }, folder, 'other')).toBeNull();
  });
});
