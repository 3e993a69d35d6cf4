/**
 * What the editor's pages program against. Nothing here knows a framework:
 * every piece of state is a `Store`, whose two functions need no `this`, so
 * `useSyncExternalStore(store.subscribe, store.get)` fits as it stands.
 */
import type * as Y from 'yjs';
import type { Awareness } from 'y-protocols/awareness';

/** An observable value. `get` returns the same object until it changes. */
export interface Store<T> {
  readonly get: () => T;
  /** Calls `listener` after each change; returns the function that stops it. */
  readonly subscribe: (listener: () => void) => () => void;
}

export interface User {
  readonly name: string;
  /** `#rrggbb`; anything else is replaced by a colour derived from the client id. */
  readonly color: string;
}

export interface OpenRoomOptions {
  readonly roomId: string;
  readonly user: User;
  /** Origin of the server, `http(s)://host[:port]`. Default: the page's own. */
  readonly serverUrl?: string;
}

/**
 * - connecting: the first connection is being made or the first sync is under way
 * - online: synced with the server
 * - offline: was or could not be connected; being retried, typing goes on
 * - refused: the server said no. Nothing is retried until `reconnect()`, except for
 *   code 503 (the room cannot be read at the moment), which is tried again quietly
 */
export type ConnectionStatus = 'connecting' | 'online' | 'offline' | 'refused';

export interface ConnectionState {
  readonly status: ConnectionStatus;
  /** For people, set when offline or refused and the server gave a reason. */
  readonly reason?: string;
  /** HTTP status (404, 403, 503 …) or close code (4400–4499) behind `refused`. */
  readonly code?: number;
  /** True once the document was complete: before that, do not show an empty file. */
  readonly everSynced: boolean;
  /** `Date.now()` at the last change of `status`. */
  readonly since: number;
}

/**
 * - saved: the server has confirmed that every local edit is on disk
 * - saving: edits are sent, the confirmation is asked for or about to be
 * - unsaved: online, but the server has not confirmed for over five seconds
 * - offline: not connected, and edits wait here (or the room was never reached)
 */
export type SaveStatus = 'saved' | 'saving' | 'unsaved' | 'offline';

export interface SavedState {
  readonly state: SaveStatus;
  /** Local transactions that the server has not confirmed. */
  readonly unsavedEdits: number;
  /** `Date.now()` at the last change of `state`. */
  readonly since: number;
  /** Why the server cannot save, where it says so; only when `unsaved`. */
  readonly reason?: string;
}

export interface RoomFile {
  readonly id: string;
  /** The path as stored; it may be unsafe or taken twice. */
  readonly path: string;
  /** Safe and unique: what to show, and the name in downloads. */
  readonly displayPath: string;
  /** Set by hand; null means: detect it. */
  readonly language: string | null;
  readonly isMain: boolean;
}

/** A path refused, with a sentence to show under the input. */
export class PathError extends Error {
  override readonly name = 'PathError';
}

export interface RoomFiles extends Store<readonly RoomFile[]> {
  /** Sorted by displayPath, folders' contents together. */
  readonly get: () => readonly RoomFile[];
  /** The id of the main file, or the first path's, or null in a room without files. */
  readonly mainId: () => string | null;
  readonly byId: (id: string) => RoomFile | null;
  /** The file's shared text, or null when the file is gone. */
  readonly text: (id: string) => Y.Text | null;
  /** Null when `path` may be used, otherwise a sentence. `exceptId`: the file being renamed. */
  readonly checkPath: (path: string, exceptId?: string) => string | null;
  /** Returns the new file's id. Throws PathError. `text` may have any line ends. */
  readonly create: (path: string, text?: string) => string;
  /** Throws PathError. Does nothing when the file is gone. */
  readonly rename: (id: string, path: string) => void;
  readonly remove: (id: string) => void;
  readonly setLanguage: (id: string, language: string | null) => void;
  readonly setMain: (id: string) => void;
}

export interface RoomTitle extends Store<string> {
  /** Trimmed to 120 characters, control characters removed. */
  readonly set: (title: string) => void;
}

/** One selection, as UTF-16 offsets into the file's text; `head` is where the caret is. */
export interface Selection {
  readonly anchor: number;
  readonly head: number;
}

export interface Person {
  readonly clientId: number;
  /** Sanitised: at most 40 characters, no control characters, never empty. */
  readonly name: string;
  /** Sanitised: always `#rrggbb`. */
  readonly color: string;
  readonly isSelf: boolean;
  /** The file the person is in, when it exists. */
  readonly fileId: string | null;
  /** The clientId this person follows. */
  readonly following: number | null;
  /** No key stroke or cursor move for two minutes, or the page is hidden. */
  readonly idle: boolean;
}

/** Self first, then by name. Changes only when what it shows changes, not with every cursor move. */
export type People = readonly Person[];

/** One person's cursors in a file. */
export interface RemoteCursors {
  readonly clientId: number;
  readonly name: string;
  readonly color: string;
  /** Resolved when first read, against the text as it is then; that takes a walk through the text. */
  readonly selections: readonly Selection[];
  /** Grows with every move the person makes; about `Date.now()` of the last one. */
  readonly movedAt: number;
}

/** The local person's place, published to the others (throttled) and read by the editor. */
export interface Presence {
  readonly setUser: (user: User) => void;
  /** Where the local carets are; null when no file is open. */
  readonly setPlace: (place: { fileId: string; selections: readonly Selection[] } | null) => void;
  readonly setFollowing: (clientId: number | null) => void;
  readonly setIdle: (idle: boolean) => void;
  /** The others' cursors in a file. */
  readonly cursorsIn: (fileId: string) => readonly RemoteCursors[];
  /** Where one person is, or null. */
  readonly placeOf: (
    clientId: number,
  ) => { fileId: string; selections: readonly Selection[]; movedAt: number } | null;
  /** Called after any change of any remote place. */
  readonly subscribe: (listener: () => void) => () => void;
}

export interface RoomSession {
  readonly roomId: string;
  readonly clientId: number;
  readonly connection: Store<ConnectionState>;
  readonly saved: Store<SavedState>;
  readonly files: RoomFiles;
  readonly title: RoomTitle;
  readonly people: Store<People>;
  readonly presence: Presence;
  /** For features that keep their own shared types (chat); the editor needs it as well. */
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  /** Safe, unique path → text, ready to be zipped. */
  readonly download: () => ReadonlyMap<string, string>;
  /** The whole document as one Yjs v1 update: a rescue copy. */
  readonly exportUpdate: () => Uint8Array;
  /** True while edits exist that the server has not confirmed. For `beforeunload`. */
  readonly hasUnsaved: () => boolean;
  /** Try again now, after `offline` or `refused`. */
  readonly reconnect: () => void;
  /** Leaves the room, tells the others, releases everything. Twice is harmless. */
  readonly close: () => void;
}

export type OpenRoom = (options: OpenRoomOptions) => RoomSession;
