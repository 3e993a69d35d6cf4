import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { Awareness } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import type * as Y from 'yjs';
import { probeRoom, storeTrouble } from './probe';
import { createSavedTracker } from './saved';
import { createStore } from './store';
import { cleanLine } from './text';
import type { ConnectionState, SavedState, Store } from './types';

const MESSAGE_SYNC = 0;
const SYNC_STEP_1 = 0;
const MESSAGE_SAVED = 16;
/** Upgrades that fail although the room is there, before the reason is put into words. */
const BLOCKED_AFTER = 3;

const REFUSAL_MAX = 300;
const REFUSED = 'The server closed this room for you.';
const NOT_SAVING = 'The server cannot save to its database at the moment:';
const BLOCKED =
  'The server answers, but the live connection does not get through. ' +
  'A proxy or firewall in between may block WebSockets.';

export interface Connection {
  readonly store: Store<ConnectionState>;
  readonly saved: Store<SavedState>;
  readonly hasUnsaved: () => boolean;
  readonly reconnect: () => void;
  readonly close: () => void;
}

export interface ConnectOptions {
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  readonly roomId: string;
  /** `http(s)://host[:port]` without a path. */
  readonly origin: string;
}

function savedQuestion(token: number): Uint8Array<ArrayBuffer> {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, MESSAGE_SAVED);
  encoding.writeVarUint(encoder, token);
  return encoding.toUint8Array(encoder);
}

/** The server could not go on with this connection and says why: out of memory, or too far behind. */
function isTrouble(event: CloseEvent | null): boolean {
  return event !== null && (event.code === 1011 || event.code === 1013) && event.reason !== '';
}

/** Told about by `closed`, with its reason. */
function isFinal(event: CloseEvent | null): boolean {
  return event !== null && event.code >= 4400 && event.code < 4500;
}

export function connect(options: ConnectOptions): Connection {
  const { doc, awareness, roomId, origin } = options;
  const store = createStore<ConnectionState>({
    status: 'connecting',
    everSynced: false,
    since: Date.now(),
  });
  const url = `${origin.replace(/^http/, 'ws')}/api/v1/yjs`;
  const provider = new WebsocketProvider(url, encodeURIComponent(roomId), doc, {
    awareness,
    connect: false,
    disableBc: true,
    protocols: ['yoke.v1'],
  });
  const closed = new AbortController();
  const saved = createSavedTracker(
    (token) => provider.ws?.send(savedQuestion(token)),
    () => storeTrouble(origin, closed.signal),
  );
  let opened = false;
  let blocked = 0;
  let probing = false;

  function update(change: Partial<ConnectionState> & Pick<ConnectionState, 'status'>): void {
    const old = store.get();
    const { reason, code } = change;
    if (old.status === change.status && old.reason === reason && old.code === code) return;
    store.set({
      status: change.status,
      everSynced: old.everSynced || change.status === 'online',
      since: old.status === change.status ? old.since : Date.now(),
      ...(reason === undefined ? {} : { reason }),
      ...(code === undefined ? {} : { code }),
    });
  }

  function refuse(code: number, reason: string): void {
    // A room that cannot be read now may be readable soon, and who has it open
    // already goes on typing: both go on being tried.
    if (code === 503 && store.get().everSynced) return update({ status: 'offline', reason, code });
    if (code !== 503) provider.shouldConnect = false;
    update({ status: 'refused', reason, code });
  }

  async function askWhy(): Promise<void> {
    if (probing) return;
    probing = true;
    const result = await probeRoom(origin, roomId, closed.signal);
    const trouble = result.kind === 'fine' ? await storeTrouble(origin, closed.signal) : null;
    probing = false;
    if (closed.signal.aborted || provider.wsconnected) return;
    if (result.kind === 'refused') return refuse(result.code, result.reason);
    if (trouble !== null) {
      blocked = 0;
      return update({ status: 'offline', reason: `${NOT_SAVING} ${trouble}` });
    }
    blocked = result.kind === 'fine' ? blocked + 1 : 0;
    update({ status: 'offline', ...(blocked >= BLOCKED_AFTER ? { reason: BLOCKED } : {}) });
  }

  /** Peers hold our last state under its clock, and we theirs: both must count as new. */
  function renewAwareness(): void {
    for (const client of [...awareness.meta.keys()]) {
      if (client !== awareness.clientID && !awareness.states.has(client)) awareness.meta.delete(client);
    }
    const own = awareness.getLocalState();
    if (own !== null) awareness.setLocalState({ ...own });
  }

  const handleSync = provider.messageHandlers[MESSAGE_SYNC];
  provider.messageHandlers[MESSAGE_SYNC] = (encoder, decoder, from, emitSynced, type) => {
    const isStep1 = decoding.peekVarUint(decoder) === SYNC_STEP_1;
    handleSync?.(encoder, decoder, from, emitSynced, type);
    if (!isStep1) return;
    // Our step 2 is sent when this handler has returned: a question asked now
    // would overtake it, one asked in a later task follows it.
    const { ws } = provider;
    queueMicrotask(() => {
      if (provider.ws === ws && provider.wsconnected) saved.synced();
    });
  };
  provider.messageHandlers[MESSAGE_SAVED] = (_encoder, decoder) => {
    saved.returned(decoding.readVarUint(decoder));
  };

  const onUpdate = (_update: Uint8Array, from: unknown): void => {
    if (from !== provider) saved.edited();
  };
  doc.on('update', onUpdate);

  provider.on('status', ({ status }) => {
    if (status === 'connected') {
      opened = true;
      renewAwareness();
    }
  });
  provider.on('sync', (synced: boolean) => {
    if (!synced) return;
    blocked = 0;
    update({ status: 'online' });
  });
  provider.on('connection-close', (event) => {
    const failedToOpen = !opened;
    opened = false;
    saved.disconnected();
    if (closed.signal.aborted || isFinal(event)) return;
    if (failedToOpen) void askWhy();
    else if (store.get().status !== 'refused') {
      const said = event !== null && isTrouble(event) ? cleanLine(event.reason, REFUSAL_MAX) : '';
      update({ status: 'offline', ...(said === '' ? {} : { reason: said }) });
    }
  });
  provider.on('closed', ({ code, reason }) => {
    refuse(code, cleanLine(reason, REFUSAL_MAX) || REFUSED);
  });

  function reconnect(): void {
    if (closed.signal.aborted || provider.wsconnected) return;
    update({ status: store.get().everSynced ? 'offline' : 'connecting' });
    provider.wsUnsuccessfulReconnects = 0;
    provider.connect();
  }

  /** A pulled cable is noticed now and not when the server has been silent for long. */
  function onNetworkLost(): void {
    if (!provider.shouldConnect) return;
    provider.disconnect();
    provider.connect();
  }
  const onNetworkBack = (): void => {
    if (provider.shouldConnect) reconnect();
  };
  /** Who leaves the page is gone for the others at once, and not when the browser tidies up. */
  let hidden = false;
  function onPageHide(): void {
    if (!provider.shouldConnect) return;
    hidden = true;
    provider.disconnect();
  }
  /** Back by the browser's history, with the page as it was left. */
  function onPageShow(): void {
    if (!hidden) return;
    hidden = false;
    reconnect();
  }
  globalThis.addEventListener?.('pagehide', onPageHide);
  globalThis.addEventListener?.('pageshow', onPageShow);
  globalThis.addEventListener?.('offline', onNetworkLost);
  globalThis.addEventListener?.('online', onNetworkBack);

  provider.connect();

  return {
    store,
    saved: saved.store,
    hasUnsaved: saved.hasUnsaved,
    reconnect,
    close: () => {
      if (closed.signal.aborted) return;
      closed.abort();
      globalThis.removeEventListener?.('pagehide', onPageHide);
      globalThis.removeEventListener?.('pageshow', onPageShow);
      globalThis.removeEventListener?.('offline', onNetworkLost);
      globalThis.removeEventListener?.('online', onNetworkBack);
      doc.off('update', onUpdate);
      provider.destroy();
      saved.dispose();
    },
  };
}
