import * as Y from 'yjs';
import { compare, compareForDisplay, displayPaths, pathClash, pathProblem } from './paths';
import { createStore } from './store';
import { cleanLine, TITLE_MAX, toLf, wellFormed } from './text';
import { PathError, type RoomFile, type RoomFiles, type RoomTitle } from './types';

/** Origin of the transactions made here, so that undo in a text leaves them alone. */
const ORIGIN = { what: 'files' };

interface Raw {
  readonly id: string;
  readonly path: string;
  readonly language: string | null;
}

/** What others wrote may have any shape: what is no file with a text is left out. */
function readRaw(files: Y.Map<unknown>): Raw[] {
  const raw: Raw[] = [];
  for (const [id, entry] of files) {
    if (!(entry instanceof Y.Map) || !(entry.get('text') instanceof Y.Text)) continue;
    const path: unknown = entry.get('path');
    const language: unknown = entry.get('language');
    raw.push({
      id,
      path: typeof path === 'string' ? path : '',
      language: typeof language === 'string' && language !== '' ? cleanLine(language, 40) : null,
    });
  }
  return raw;
}

/** `main` where it points to a file, otherwise the first path's file. */
function pickMain(raw: readonly Raw[], main: unknown): string | null {
  if (raw.some((file) => file.id === main)) return main as string;
  const first = [...raw].sort((a, b) => compare(a.path, b.path) || compare(a.id, b.id))[0];
  return first?.id ?? null;
}

function sameFile(a: RoomFile, b: RoomFile): boolean {
  return (
    a.id === b.id &&
    a.path === b.path &&
    a.displayPath === b.displayPath &&
    a.language === b.language &&
    a.isMain === b.isMain
  );
}

function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_');
}

export interface FilesHandle extends RoomFiles {
  readonly dispose: () => void;
}

export function createFiles(doc: Y.Doc): FilesHandle {
  const meta = doc.getMap<unknown>('meta');
  const files = doc.getMap<unknown>('files');

  function read(previous: readonly RoomFile[]): readonly RoomFile[] {
    const raw = readRaw(files);
    const shown = displayPaths(raw);
    const main = pickMain(raw, meta.get('main'));
    const before = new Map(previous.map((file) => [file.id, file]));
    const next = raw
      .map((file): RoomFile => {
        const now = { ...file, displayPath: shown.get(file.id) ?? file.id, isMain: file.id === main };
        const old = before.get(file.id);
        return old !== undefined && sameFile(old, now) ? old : now;
      })
      .sort((a, b) => compareForDisplay(a.displayPath, b.displayPath));
    const same = next.length === previous.length && next.every((file, i) => file === previous[i]);
    return same ? previous : next;
  }

  const store = createStore<readonly RoomFile[]>(read([]));
  const refresh = (): void => store.set(read(store.get()));
  const onFiles = (events: Y.YEvent<Y.AbstractType<unknown>>[]): void => {
    if (events.some((event) => !(event.target instanceof Y.Text))) refresh();
  };
  files.observeDeep(onFiles);
  meta.observe(refresh);

  const entry = (id: string): Y.Map<unknown> | null => {
    const found: unknown = files.get(id);
    return found instanceof Y.Map ? found : null;
  };
  const checkPath = (path: string, exceptId?: string): string | null => {
    const others = store.get().filter((file) => file.id !== exceptId);
    return pathProblem(path) ?? pathClash(path, others.map((file) => file.displayPath));
  };
  const demandPath = (path: string, exceptId?: string): void => {
    const problem = checkPath(path, exceptId);
    if (problem !== null) throw new PathError(problem);
  };

  return {
    get: store.get,
    subscribe: store.subscribe,
    checkPath,
    mainId: () => store.get().find((file) => file.isMain)?.id ?? null,
    byId: (id) => store.get().find((file) => file.id === id) ?? null,
    text: (id) => {
      const text: unknown = entry(id)?.get('text');
      return text instanceof Y.Text ? text : null;
    },
    create: (path, text = '') => {
      demandPath(path);
      const id = newId();
      doc.transact(() => {
        const file = new Y.Map<unknown>();
        file.set('path', path);
        file.set('text', new Y.Text(wellFormed(toLf(text))));
        files.set(id, file);
      }, ORIGIN);
      return id;
    },
    rename: (id, path) => {
      demandPath(path, id);
      const file = entry(id);
      if (file !== null && file.get('path') !== path) doc.transact(() => file.set('path', path), ORIGIN);
    },
    remove: (id) => {
      if (files.has(id)) doc.transact(() => files.delete(id), ORIGIN);
    },
    setLanguage: (id, language) => {
      const file = entry(id);
      if (file === null || (file.get('language') ?? null) === language) return;
      doc.transact(() => {
        if (language === null) file.delete('language');
        else file.set('language', language);
      }, ORIGIN);
    },
    setMain: (id) => {
      if (entry(id) !== null) doc.transact(() => meta.set('main', id), ORIGIN);
    },
    dispose: () => {
      files.unobserveDeep(onFiles);
      meta.unobserve(refresh);
    },
  };
}

export interface TitleHandle extends RoomTitle {
  readonly dispose: () => void;
}

export function createTitle(doc: Y.Doc): TitleHandle {
  const meta = doc.getMap<unknown>('meta');
  const read = (): string => cleanLine(meta.get('title'), TITLE_MAX);
  const store = createStore(read());
  const refresh = (): void => store.set(read());
  meta.observe(refresh);
  return {
    get: store.get,
    subscribe: store.subscribe,
    set: (title) => {
      const clean = cleanLine(title, TITLE_MAX);
      if (clean !== meta.get('title')) doc.transact(() => meta.set('title', clean), ORIGIN);
    },
    dispose: () => meta.unobserve(refresh),
  };
}
