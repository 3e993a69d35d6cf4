import { createStore } from './store';
import type { SavedState, SaveStatus, Store } from './types';

/** How long after an edit the server is asked; edits in between share one question. */
export const ASK_DELAY_MS = 150;
/** A confirmation that takes longer than this is shown as `unsaved`. */
export const SLOW_MS = 5000;

export interface SavedTracker {
  readonly store: Store<SavedState>;
  /** A local transaction happened. It was, or if not connected will be, sent. */
  readonly edited: () => void;
  /** On this connection the server now has everything up to here: our step 2 is out. */
  readonly synced: () => void;
  readonly disconnected: () => void;
  /** The server returned `token`: all it received before it is on disk. */
  readonly returned: (token: number) => void;
  readonly hasUnsaved: () => boolean;
  readonly dispose: () => void;
}

/**
 * Keeps count of what the server confirmed. At most one question is under way;
 * edits made meanwhile are asked about once the answer is there. A question
 * dies with its connection: what is then in doubt is asked about again.
 */
export function createSavedTracker(ask: (token: number) => void): SavedTracker {
  let made = 0;
  let confirmed = 0;
  let lastToken = 0;
  let asked: { token: number; covers: number } | null = null;
  let canAsk = false;
  let everSynced = false;
  let slow = false;
  let askTimer: ReturnType<typeof setTimeout> | undefined;
  let slowTimer: ReturnType<typeof setTimeout> | undefined;

  const store = createStore<SavedState>({ state: 'offline', unsavedEdits: 0, since: Date.now() });

  function status(): SaveStatus {
    if (!everSynced) return 'offline';
    if (made === confirmed) return 'saved';
    if (!canAsk) return 'offline';
    return slow ? 'unsaved' : 'saving';
  }

  function publish(): void {
    const state = status();
    const unsavedEdits = made - confirmed;
    const old = store.get();
    if (old.state === state && old.unsavedEdits === unsavedEdits) return;
    store.set({ state, unsavedEdits, since: old.state === state ? old.since : Date.now() });
  }

  function stopSlow(): void {
    clearTimeout(slowTimer);
    slowTimer = undefined;
    slow = false;
  }

  function waitForAnswer(): void {
    slowTimer ??= setTimeout(() => {
      slow = true;
      publish();
    }, SLOW_MS);
  }

  function askSoon(): void {
    if (!canAsk || asked !== null || askTimer !== undefined || made === confirmed) return;
    waitForAnswer();
    askTimer = setTimeout(() => {
      askTimer = undefined;
      if (!canAsk) return;
      lastToken += 1;
      asked = { token: lastToken, covers: made };
      ask(lastToken);
    }, ASK_DELAY_MS);
  }

  function stopAsking(): void {
    clearTimeout(askTimer);
    askTimer = undefined;
    asked = null;
    stopSlow();
  }

  return {
    store,
    edited: () => {
      made += 1;
      askSoon();
      publish();
    },
    synced: () => {
      canAsk = true;
      everSynced = true;
      askSoon();
      publish();
    },
    disconnected: () => {
      canAsk = false;
      stopAsking();
      publish();
    },
    returned: (token) => {
      if (asked === null || token !== asked.token) return;
      confirmed = asked.covers;
      asked = null;
      stopSlow();
      askSoon();
      publish();
    },
    hasUnsaved: () => made !== confirmed,
    dispose: stopAsking,
  };
}
