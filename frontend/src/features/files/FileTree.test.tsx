import { MantineProvider } from '@mantine/core';
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RoomFile } from '../../collab/types';
import { type Rendered, render } from '../../test/render';
import { FileTree } from './FileTree';

function file(path: string): RoomFile {
  return { id: `id:${path}`, path, displayPath: path, language: null, isMain: false };
}

const FILES = ['main.py', 'src/a.py', 'src/b.py'].map(file);
const calls = { onOpen: vi.fn(), onRename: vi.fn(), onRemove: vi.fn() };
let tree: Rendered;

beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  tree = render(
    <MantineProvider>
      <FileTree files={FILES} people={[]} activeId="id:main.py" {...calls} />
    </MantineProvider>,
  );
});

afterEach(() => {
  tree.unmount();
  vi.clearAllMocks();
  vi.unstubAllGlobals();
});

function paths(): (string | null)[] {
  return [...tree.container.querySelectorAll('[role=treeitem]')].map((row) =>
    row.getAttribute('data-path'),
  );
}

function row(path: string): HTMLElement {
  const found = tree.container.querySelector<HTMLElement>(`[data-path="${path}"]`);
  if (!found) throw new Error(`no row ${path}`);
  return found;
}

function press(key: string): void {
  act(() => {
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  });
}

describe('FileTree', () => {
  it('is one tab stop, at the open file', () => {
    const stops = tree.container.querySelectorAll('[role=treeitem][tabindex="0"]');
    expect([...stops]).toEqual([row('main.py')]);
  });

  it('walks, collapses and opens by keyboard', () => {
    act(() => row('main.py').focus());
    press('Home');
    expect(document.activeElement).toBe(row('src/'));
    press('ArrowLeft');
    expect(paths()).toEqual(['src/', 'main.py']);
    press('ArrowRight');
    press('ArrowDown');
    expect(document.activeElement).toBe(row('src/a.py'));
    press('Enter');
    expect(calls.onOpen).toHaveBeenCalledWith('id:src/a.py');
  });

  it('asks for renaming and deleting', () => {
    act(() => row('main.py').focus());
    press('F2');
    press('Delete');
    expect(calls.onRename).toHaveBeenCalledOnce();
    expect(calls.onRemove).toHaveBeenCalledOnce();
  });

  it('opens a file and folds a folder by mouse', () => {
    act(() => row('src/b.py').click());
    expect(calls.onOpen).toHaveBeenCalledWith('id:src/b.py');
    act(() => row('src/').click());
    expect(paths()).toEqual(['src/', 'main.py']);
  });
});
