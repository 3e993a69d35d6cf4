import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { createStore, Listeners } from './store';
import { compare } from './paths';
import { cleanColor, cleanName } from './text';
import type {
  People,
  Person,
  Presence,
  RemoteCursors,
  RoomFiles,
  Selection,
  Store,
  User,
} from './types';

/** Cursor moves are published at most this often; the last one always is. */
export const PUBLISH_MS = 60;
/** Of one person, published and shown. */
export const SELECTIONS_MAX = 64;

interface WireSelection {
  readonly anchor: unknown;
  readonly head: unknown;
}

interface Place {
  readonly fileId: string;
  readonly selections: readonly Selection[];
}

type State = Record<string, unknown>;

const isObject = (value: unknown): value is State => typeof value === 'object' && value !== null;

function placeFileId(state: State): string | null {
  const at = state['at'];
  return isObject(at) && typeof at['file'] === 'string' ? at['file'] : null;
}

/** The caret stays with the character before it, a selection's start with the one after. */
function encode(text: Y.Text, { anchor, head }: Selection): WireSelection {
  const side = (offset: number, isStart: boolean): unknown =>
    Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, offset, isStart ? 0 : -1));
  return {
    anchor: side(anchor, anchor < head),
    head: side(head, head < anchor),
  };
}

function decode(doc: Y.Doc, text: Y.Text, position: unknown): number | null {
  if (!isObject(position)) return null;
  try {
    const relative = Y.createRelativePositionFromJSON(position);
    const absolute = Y.createAbsolutePositionFromRelativePosition(relative, doc, false);
    return absolute !== null && absolute.type === text ? absolute.index : null;
  } catch {
    return null; // made up by its sender
  }
}

export interface PresenceHandle extends Presence {
  readonly people: Store<People>;
  readonly dispose: () => void;
}

export function createPresence(
  doc: Y.Doc,
  awareness: Awareness,
  files: RoomFiles,
  user: User,
): PresenceHandle {
  const listeners = new Listeners();
  /** When each person's place last changed, and the JSON that it had. */
  const moves = new Map<number, { at: number; place: unknown }>();
  let lastMove = 0;

  function personOf(clientId: number, state: State): Person {
    const who = isObject(state['user']) ? state['user'] : {};
    const fileId = placeFileId(state);
    return {
      clientId,
      name: cleanName(who['name']),
      color: cleanColor(who['color'], clientId),
      isSelf: clientId === awareness.clientID,
      fileId: fileId !== null && files.byId(fileId) !== null ? fileId : null,
      following: typeof state['following'] === 'number' ? state['following'] : null,
      idle: state['idle'] === true,
    };
  }

  function readPeople(previous: People): People {
    const before = new Map(previous.map((person) => [person.clientId, person]));
    const next: Person[] = [];
    for (const [clientId, state] of awareness.getStates()) {
      // Without a user it is a client that only reads along: a script, a test.
      if (!isObject(state) || !isObject(state['user'])) continue;
      const now = personOf(clientId, state);
      const old = before.get(clientId);
      next.push(old !== undefined && samePerson(old, now) ? old : now);
    }
    next.sort(
      (a, b) =>
        Number(b.isSelf) - Number(a.isSelf) ||
        compare(a.name.toLowerCase(), b.name.toLowerCase()) ||
        a.clientId - b.clientId,
    );
    const same = next.length === previous.length && next.every((p, i) => p === previous[i]);
    return same ? previous : next;
  }

  const local = createLocalState(doc, awareness, files, user);
  const people = createStore<People>(readPeople([]));

  const refresh = (): void => people.set(readPeople(people.get()));
  const onChange = (): void => {
    for (const [clientId, state] of awareness.getStates()) {
      const place: unknown = state['at'];
      const last = moves.get(clientId);
      if (last !== undefined && sameJson(last.place, place)) continue;
      lastMove = Math.max(lastMove + 1, Date.now());
      moves.set(clientId, { at: lastMove, place });
    }
    for (const clientId of moves.keys()) {
      if (!awareness.getStates().has(clientId)) moves.delete(clientId);
    }
    refresh();
    listeners.notify();
  };
  awareness.on('change', onChange);
  const stopFiles = files.subscribe(refresh);

  function selectionsOf(state: State): Place | null {
    const fileId = placeFileId(state);
    const text = fileId === null ? null : files.text(fileId);
    if (fileId === null || text === null) return null;
    const at = state['at'];
    const wire = isObject(at) && Array.isArray(at['sel']) ? at['sel'] : [];
    const selections: Selection[] = [];
    for (const one of wire.slice(0, SELECTIONS_MAX) as unknown[]) {
      if (!isObject(one)) continue;
      const anchor = decode(doc, text, one['anchor']);
      const head = decode(doc, text, one['head']);
      if (anchor !== null && head !== null) selections.push({ anchor, head });
    }
    return { fileId, selections };
  }

  return {
    people,
    setUser: local.setUser,
    setPlace: local.setPlace,
    setFollowing: local.setFollowing,
    setIdle: local.setIdle,
    subscribe: listeners.subscribe,
    placeOf: (clientId) => {
      const state = awareness.getStates().get(clientId);
      const place = state === undefined ? null : selectionsOf(state);
      return place === null ? null : { ...place, movedAt: moves.get(clientId)?.at ?? 0 };
    },
    cursorsIn: (fileId) => {
      const found: RemoteCursors[] = [];
      for (const person of people.get()) {
        if (person.isSelf || person.fileId !== fileId) continue;
        const { clientId, name, color } = person;
        const movedAt = moves.get(clientId)?.at ?? 0;
        let place: Place | null | undefined;
        found.push({
          clientId,
          name,
          color,
          movedAt,
          get selections() {
            if (place === undefined) place = selectionsOf(awareness.getStates().get(clientId) ?? {});
            return place?.selections ?? [];
          },
        });
      }
      return found;
    },
    dispose: () => {
      awareness.off('change', onChange);
      stopFiles();
      local.dispose();
      listeners.clear();
    },
  };
}

/** The own state: what is set here reaches the others, cursor moves a little later. */
function createLocalState(doc: Y.Doc, awareness: Awareness, files: RoomFiles, user: User) {
  let place: Place | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastPublished = 0;

  function set(change: State): void {
    const state: State = awareness.getLocalState() ?? {};
    const changed = Object.entries(change).some(([key, value]) => !sameJson(state[key], value));
    if (changed) awareness.setLocalState({ ...state, ...change });
  }

  function publishPlace(): void {
    timer = undefined;
    lastPublished = Date.now();
    const text = place === null ? null : files.text(place.fileId);
    if (place === null || text === null) return set({ at: null });
    const selections = place.selections.slice(0, SELECTIONS_MAX);
    set({ at: { file: place.fileId, sel: selections.map((one) => encode(text, one)) } });
  }

  function setUser({ name, color }: User): void {
    set({ user: { name: cleanName(name), color: cleanColor(color, doc.clientID) } });
  }
  setUser(user);

  return {
    setUser,
    setPlace: (next: Place | null) => {
      place = next;
      timer ??= setTimeout(publishPlace, Math.max(0, lastPublished + PUBLISH_MS - Date.now()));
    },
    setFollowing: (clientId: number | null) => set({ following: clientId }),
    setIdle: (idle: boolean) => set({ idle }),
    dispose: () => clearTimeout(timer),
  };
}

function sameJson(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

function samePerson(a: Person, b: Person): boolean {
  return (
    a.name === b.name &&
    a.color === b.color &&
    a.fileId === b.fileId &&
    a.following === b.following &&
    a.idle === b.idle &&
    a.isSelf === b.isSelf
  );
}
