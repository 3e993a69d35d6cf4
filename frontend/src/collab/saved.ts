import { createStore } from './store';
import type { SavedState, SaveStatus, Store } from './types';

/** How long after an edit the server is asked; edits in between share one question. */
export const ASK_DELAY_MS = 150;
/** A confirmation that takes longer than this is shown as `unsaved`. */
export const SLOW_MS = 5000;
/** How often the server is asked meanwhile why it does not confirm. */
const WHY_MS = 3000;

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
 *
 * @param why asks the server what keeps it from saving; `null`: nothing that it knows of
 */
export function createSavedTracker(
  ask: (token: number) => void,
  why: () => Promise<string | null> = () => Promise.resolve(null),
): SavedTracker {
  let made = 0;
  let confirmed = 0;
  let lastToken = 0;
  let asked: { token: number; covers: number } | null = null;
  let canAsk = false;
  let everSynced = false;
  let slow = false;
  let reason: string | null = null;
  let askTimer: ReturnType<typeof setTimeout> | undefined;
  let slowTimer: ReturnType<typeof setTimeout> | undefined;
  let whyTimer: ReturnType<typeof setTimeout> | undefined;

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
    const because = state === 'unsaved' && reason !== null ? { reason } : {};
    const old = store.get();
    if (
      old.state === state &&
      old.unsavedEdits === unsavedEdits &&
      old.reason === because.reason
    ) {
      return;
    }
    const since = old.state === state ? old.since : Date.now();
    store.set({ state, unsavedEdits, since, ...because });
  }

  function stopSlow(): void {
    clearTimeout(slowTimer);
    clearTimeout(whyTimer);
    slowTimer = undefined;
    slow = false;
    reason = null;
  }

  async function explain(timer: ReturnType<typeof setTimeout> | undefined): Promise<void> {
    const answer = await why();
    if (!slow || slowTimer !== timer) return;
    reason = answer;
    publish();
    whyTimer = setTimeout(() => void explain(timer), WHY_MS);
  }

  function waitForAnswer(): void {
    slowTimer ??= setTimeout(() => {
      slow = true;
      publish();
      void explain(slowTimer);
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
