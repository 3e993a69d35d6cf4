import { beforeEach, describe, expect, it } from 'vitest';
import { agoText, loadRecent, useRecentRooms, withVisit } from './recentRooms';

const ID_A = 'a'.repeat(16);
const ID_B = 'b'.repeat(16);

beforeEach(() => localStorage.clear());

describe('recent rooms', () => {
  it('puts the last visit first and keeps each room once', () => {
    const { visit } = useRecentRooms.getState();
    visit(ID_A, 'One');
    visit(ID_B, 'Two');
    visit(ID_A, 'One');
    expect(useRecentRooms.getState().rooms.map((room) => room.roomId)).toEqual([ID_A, ID_B]);
    expect(loadRecent()).toEqual(useRecentRooms.getState().rooms);
  });

  it('remembers that a room was created here', () => {
    const created = withVisit([], { roomId: ID_A, title: 'One', at: 1, mine: true });
    const [room] = withVisit(created, { roomId: ID_A, title: '', at: 2, mine: false });
    expect(room).toEqual({ roomId: ID_A, title: 'One', at: 2, mine: true });
  });

  it('forgets a room', () => {
    useRecentRooms.getState().visit(ID_A, 'One');
    useRecentRooms.getState().forget(ID_A);
    expect(loadRecent()).toEqual([]);
  });

  it('reads past what somebody else stored', () => {
    localStorage.setItem(
      'yoke.recent',
      JSON.stringify([null, 3, { roomId: '../x' }, { roomId: ID_A, title: 5, at: 'x' }]),
    );
    expect(loadRecent()).toEqual([{ roomId: ID_A, title: '', at: 0, mine: false }]);
    localStorage.setItem('yoke.recent', '{broken');
    expect(loadRecent()).toEqual([]);
  });

  it('keeps twenty', () => {
    const many = Array.from({ length: 30 }, (_, n) => ({
      roomId: `${n}`.padStart(16, 'r'),
      title: '',
      at: n,
      mine: false,
    }));
    const rooms = many.reduce<ReturnType<typeof withVisit>>(
      (all, room) => withVisit(all, room),
      [],
    );
    expect(rooms).toHaveLength(20);
    expect(rooms[0]?.at).toBe(29);
  });
});

describe('agoText', () => {
  const now = Date.UTC(2026, 0, 1);
  it.each([
    [5_000, 'just now'],
    [5 * 60_000, '5 minutes ago'],
    [3 * 3_600_000, '3 hours ago'],
    [86_400_000, 'yesterday'],
    [45 * 86_400_000, 'last month'],
    [800 * 86_400_000, '2 years ago'],
    [-1000, 'just now'],
  ])('%d ms ago', (passed, text) => {
    expect(agoText(now - passed, now)).toBe(text);
  });
});
