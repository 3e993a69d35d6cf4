import { create } from 'zustand';
import { readList, writeText } from '../settings/storage';
import { isRoomId } from './roomLink';

export interface RecentRoom {
  readonly roomId: string;
  readonly title: string;
  /** `Date.now()` of the last visit. */
  readonly at: number;
  /** Created from this browser. */
  readonly mine: boolean;
}

const RECENT_KEY = 'yoke.recent';
const RECENT_MAX = 20;

export function loadRecent(): RecentRoom[] {
  return readList(RECENT_KEY)
    .flatMap((entry) => toRecent(entry) ?? [])
    .slice(0, RECENT_MAX);
}

function toRecent(entry: unknown): RecentRoom | null {
  if (typeof entry !== 'object' || entry === null) return null;
  const { roomId, title, at, mine } = entry as Record<string, unknown>;
  if (typeof roomId !== 'string' || !isRoomId(roomId)) return null;
  return {
    roomId,
    title: typeof title === 'string' ? title : '',
    at: typeof at === 'number' && Number.isFinite(at) ? at : 0,
    mine: mine === true,
  };
}

/** Puts the visited room first; a room created here stays known as mine. */
export function withVisit(rooms: readonly RecentRoom[], visit: RecentRoom): RecentRoom[] {
  const before = rooms.find((room) => room.roomId === visit.roomId);
  const merged: RecentRoom = {
    ...visit,
    title: visit.title || (before?.title ?? ''),
    mine: visit.mine || (before?.mine ?? false),
  };
  return [merged, ...rooms.filter((room) => room.roomId !== visit.roomId)].slice(0, RECENT_MAX);
}

interface RecentStore {
  readonly rooms: readonly RecentRoom[];
  readonly visit: (roomId: string, title: string, mine?: boolean) => void;
  readonly forget: (roomId: string) => void;
}

export const useRecentRooms = create<RecentStore>((set) => {
  // Other tabs write as well: start from what is kept, not from what this tab remembers.
  const update = (change: (rooms: readonly RecentRoom[]) => RecentRoom[]) => {
    const rooms = change(loadRecent());
    writeText(RECENT_KEY, JSON.stringify(rooms));
    set({ rooms });
  };
  return {
    rooms: loadRecent(),
    visit: (roomId, title, mine = false) =>
      update((rooms) => withVisit(rooms, { roomId, title, at: Date.now(), mine })),
    forget: (roomId) => update((rooms) => rooms.filter((room) => room.roomId !== roomId)),
  };
});

const STEPS: readonly (readonly [
  limitMs: number,
  unitMs: number,
  unit: Intl.RelativeTimeFormatUnit,
])[] = [
  [3_600_000, 60_000, 'minute'],
  [86_400_000, 3_600_000, 'hour'],
  [30 * 86_400_000, 86_400_000, 'day'],
  [365 * 86_400_000, 30 * 86_400_000, 'month'],
];

/** “3 hours ago”. */
export function agoText(at: number, now: number): string {
  const passed = Math.max(0, now - at);
  if (passed < 60_000) return 'just now';
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  const step = STEPS.find(([limit]) => passed < limit);
  if (!step) return format.format(-Math.floor(passed / (365 * 86_400_000)), 'year');
  return format.format(-Math.floor(passed / step[1]), step[2]);
}
