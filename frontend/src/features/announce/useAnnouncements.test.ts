import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { act } from 'react';
import type { ConnectionState, Person, RoomSession, SavedState } from '../../collab/types';
import { fakeStore } from '../../test/fakeStore';
import { renderHook } from '../../test/render';
import { useAnnouncements } from './useAnnouncements';

function person(clientId: number, name: string, isSelf = false): Person {
  return { clientId, name, color: '#000000', isSelf, fileId: null, following: null, idle: false };
}

const ME = person(1, 'Me', true);
const ONLINE: ConnectionState = { status: 'online', everSynced: true, since: 0 };

function setUp() {
  const connection = fakeStore<ConnectionState>(ONLINE);
  const people = fakeStore<readonly Person[]>([ME]);
  const saved = fakeStore<SavedState>({ state: 'saved', unsavedEdits: 0, since: 0 });
  const session = { connection, people, saved } as unknown as RoomSession;
  return { connection, people, saved, ...renderHook(() => useAnnouncements(session)) };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('useAnnouncements', () => {
  it('says who joined, for a while', () => {
    const { people, current } = setUp();
    people.set([ME, person(2, 'Ada')]);
    expect(current()).toBe('Ada joined.');
    act(() => vi.advanceTimersByTime(6000));
    expect(current()).toBe('');
  });

  it('does not say that everybody left because this page went offline', () => {
    const { connection, people, current } = setUp();
    people.set([ME, person(2, 'Ada')]);
    connection.set({ ...ONLINE, status: 'offline' });
    people.set([ME]);
    expect(current()).not.toContain('left');
    expect(current()).toContain('offline');
  });

  it('keeps quiet while saving goes well', () => {
    const { saved, current } = setUp();
    saved.set({ state: 'saving', unsavedEdits: 1, since: 1 });
    saved.set({ state: 'saved', unsavedEdits: 0, since: 2 });
    expect(current()).toBe('');
    saved.set({ state: 'unsaved', unsavedEdits: 1, since: 3 });
    expect(current()).toMatch(/not confirmed/);
  });
});
