import { act } from 'react';
import { describe, expect, it } from 'vitest';
import type { ConnectionState, RoomFile, RoomSession } from '../../collab/types';
import { fakeStore } from '../../test/fakeStore';
import { renderHook } from '../../test/render';
import { useTabs } from './useTabs';

function file(id: string): RoomFile {
  return { id, path: id, displayPath: id, language: null, isMain: false };
}

function setUp() {
  const connection = fakeStore<ConnectionState>({
    status: 'connecting',
    everSynced: false,
    since: 0,
  });
  const files = fakeStore<readonly RoomFile[]>([]);
  const session = {
    connection,
    files: { ...files, mainId: () => files.get()[0]?.id ?? null },
  } as unknown as RoomSession;
  const hook = renderHook(() => useTabs(session));
  const sync = () => connection.set({ status: 'online', everSynced: true, since: 1 });
  return { files, sync, ...hook };
}

describe('useTabs', () => {
  it('opens the main file once the room is complete, and only then', () => {
    const { files, sync, current } = setUp();
    files.set([file('a'), file('b')]);
    expect(current().tabs.active).toBeNull();
    sync();
    expect(current().tabs).toEqual({ open: ['a'], active: 'a' });
  });

  it('does not open the main file again after it was closed', () => {
    const { files, sync, current } = setUp();
    files.set([file('a'), file('b')]);
    sync();
    act(() => current().close('a'));
    files.set([file('a'), file('b'), file('c')]);
    expect(current().tabs).toEqual({ open: [], active: null });
  });

  it('closes the tab of a file that somebody removed', () => {
    const { files, sync, current } = setUp();
    files.set([file('a'), file('b')]);
    sync();
    act(() => current().open('b'));
    files.set([file('a')]);
    expect(current().tabs).toEqual({ open: ['a'], active: 'a' });
  });

  it('stops listening when it goes', () => {
    const { files, unmount } = setUp();
    expect(files.listeners()).toBeGreaterThan(0);
    unmount();
    expect(files.listeners()).toBe(0);
  });
});
