// @vitest-environment node
import { WebSocket as NodeWebSocket } from 'ws';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { openRoom } from './room';
import { ASK_DELAY_MS } from './saved';
import { seedRoom, startTestServer, type TestServer } from './test-server';
import type { RoomSession, Store } from './types';

let server: TestServer;
const sessions: RoomSession[] = [];

beforeEach(async () => {
  vi.stubGlobal('WebSocket', NodeWebSocket);
  server = await startTestServer();
  seedRoom(server.doc, 'hello\n');
});

vi.setConfig({ testTimeout: 20_000 });

afterEach(async () => {
  for (const session of sessions.splice(0)) session.close();
  await server.stop();
  vi.unstubAllGlobals();
});

function enter(name = 'Ada', color = '#123456'): RoomSession {
  const session = openRoom({ roomId: 'room', user: { name, color }, serverUrl: server.url });
  sessions.push(session);
  return session;
}

function until<T>(store: Store<T>, holds: (value: T) => boolean, ms = 8000): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`still ${JSON.stringify(store.get())}`));
    }, ms);
    const look = (): void => {
      if (!holds(store.get())) return;
      clearTimeout(timer);
      stop();
      resolve(store.get());
    };
    const stop = store.subscribe(look);
    look();
  });
}

const online = (session: RoomSession) => until(session.connection, (c) => c.status === 'online');
const settle = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const type = (session: RoomSession, text: string): void => session.files.text('main-id')?.insert(0, text);

test('a room opens with its files, its title and the own person', async () => {
  const session = enter();
  expect(session.connection.get().everSynced).toBe(false);
  await online(session);
  expect(session.files.get().map((file) => [file.displayPath, file.isMain])).toEqual([['main.py', true]]);
  expect(session.title.get()).toBe('Pilots');
  expect(session.people.get()).toMatchObject([{ name: 'Ada', color: '#123456', isSelf: true }]);
  expect(session.saved.get()).toMatchObject({ state: 'saved', unsavedEdits: 0 });
});

test('an edit is saved only when the server has returned a token sent after it', async () => {
  const session = enter();
  await online(session);
  server.stalled = true;
  type(session, 'a');
  type(session, 'b');
  expect(session.saved.get()).toMatchObject({ state: 'saving', unsavedEdits: 2 });
  await vi.waitFor(() => expect(server.received).toContain('saved'), 5000);
  expect(server.received.filter((kind) => kind === 'saved')).toHaveLength(1);
  expect(server.received.lastIndexOf('saved')).toBeGreaterThan(server.received.lastIndexOf('update'));
  type(session, 'c');
  await settle(ASK_DELAY_MS + 100);
  expect(server.received.filter((kind) => kind === 'saved')).toHaveLength(1);
  expect(session.hasUnsaved()).toBe(true);
  server.release();
  await until(session.saved, (saved) => saved.unsavedEdits === 1);
  expect(session.saved.get().state).toBe('saving');
  await until(session.saved, (saved) => saved.state === 'saved');
  expect(server.received.filter((kind) => kind === 'saved')).toHaveLength(2);
  expect(session.hasUnsaved()).toBe(false);
});

test('edits of others are not counted as unsaved', async () => {
  const [ada, bob] = [enter('Ada'), enter('Bob')];
  await Promise.all([online(ada), online(bob)]);
  server.stalled = true;
  type(ada, 'x');
  await vi.waitFor(() => expect(bob.files.text('main-id')?.toString()).toBe('xhello\n'));
  expect(bob.saved.get()).toMatchObject({ state: 'saved', unsavedEdits: 0 });
});

test('what was in doubt when the connection broke is asked about after the next step 2', async () => {
  const session = enter();
  await online(session);
  server.stalled = true;
  type(session, 'a');
  await vi.waitFor(() => expect(server.received).toContain('saved'), 5000);
  server.cut();
  await until(session.connection, (c) => c.status === 'offline');
  expect(session.saved.get()).toMatchObject({ state: 'offline', unsavedEdits: 1 });
  type(session, 'b');
  expect(session.saved.get().unsavedEdits).toBe(2);
  server.received.length = 0;
  server.release();
  await until(session.saved, (saved) => saved.state === 'saved');
  expect(server.received.indexOf('saved')).toBeGreaterThan(server.received.indexOf('step2'));
  expect(server.received.indexOf('step2')).toBeGreaterThanOrEqual(0);
  expect(server.doc.getMap<Y.Map<Y.Text>>('files').get('main-id')?.get('text')?.toString()).toBe('bahello\n');
});

test('a token from before the break confirms nothing', async () => {
  const session = enter();
  await online(session);
  server.stalled = true;
  type(session, 'a');
  await vi.waitFor(() => expect(server.received).toContain('saved'), 5000);
  server.cut();
  await until(session.connection, (c) => c.status === 'offline');
  await online(session);
  await settle(ASK_DELAY_MS + 100);
  expect(session.hasUnsaved()).toBe(true);
  expect(session.saved.get().state).toBe('saving');
});

test('people come, are sanitised, come back after a break and go', async () => {
  const ada = enter('Ada');
  await online(ada);
  const bob = enter('B\u202eob\u0000<b>'.padEnd(60, 'x'), 'red;}*{display:none');
  await online(bob);
  await until(ada.people, (people) => people.length === 2);
  const seen = ada.people.get()[1];
  expect(seen?.name).toHaveLength(40);
  expect(seen?.name.startsWith('B ob <b>')).toBe(true);
  expect(seen?.color).toMatch(/^#[0-9a-f]{6}$/);
  server.cut();
  await until(ada.people, (people) => people.length === 1);
  await until(ada.people, (people) => people.length === 2, 8000);
  bob.close();
  await until(ada.people, (people) => people.length === 1);
});

test('what another client claims about itself is sanitised on arrival', async () => {
  const ada = enter('Ada');
  await online(ada);
  const evil = enter('Eve');
  await online(evil);
  evil.awareness.setLocalState({
    user: { name: '\n\t"></style>', color: '#fff}' },
    at: { file: 'main-id', sel: [{ anchor: { item: { client: -1, clock: 'x' } }, head: 7 }, null, 3] },
    following: 'me',
  });
  await until(ada.people, (people) => people.some((p) => p.name === '"></style>'));
  const person = ada.people.get()[1];
  expect(person).toMatchObject({ following: null, idle: false, fileId: 'main-id' });
  expect(person?.color).toMatch(/^#[0-9a-f]{6}$/);
  expect(ada.presence.cursorsIn('main-id')[0]?.selections).toEqual([]);
});

test('all selections of a person reach the others, in the file where they are', async () => {
  const [ada, bob] = [enter('Ada'), enter('Bob')];
  await Promise.all([online(ada), online(bob)]);
  const selections = [
    { anchor: 0, head: 3 },
    { anchor: 5, head: 4 },
    { anchor: 6, head: 6 },
  ];
  ada.presence.setPlace({ fileId: 'main-id', selections });
  await vi.waitFor(() => expect(bob.presence.cursorsIn('main-id')[0]?.selections).toHaveLength(3));
  expect(bob.presence.cursorsIn('main-id')[0]).toMatchObject({ clientId: ada.clientId, name: 'Ada', selections });
  expect(bob.presence.cursorsIn('other')).toEqual([]);
  expect(bob.presence.placeOf(ada.clientId)).toMatchObject({ fileId: 'main-id', selections });
  type(bob, '>>');
  expect(bob.presence.placeOf(ada.clientId)?.selections[1]).toEqual({ anchor: 7, head: 6 });
});

test('fifty cursor moves at once are published once or twice, the last one included', async () => {
  const [ada, bob] = [enter('Ada'), enter('Bob')];
  await Promise.all([online(ada), online(bob)]);
  await settle(100);
  server.received.length = 0;
  for (let i = 0; i < 50; i++) {
    const offset = i % 6;
    ada.presence.setPlace({ fileId: 'main-id', selections: [{ anchor: offset, head: offset }] });
  }
  ada.presence.setPlace({ fileId: 'main-id', selections: [{ anchor: 4, head: 4 }] });
  await vi.waitFor(() =>
    expect(bob.presence.placeOf(ada.clientId)?.selections).toEqual([{ anchor: 4, head: 4 }]),
  );
  expect(server.received.filter((kind) => kind === 'awareness').length).toBeLessThanOrEqual(2);
});

test.each([
  [404, 'no such room', 'no such room'],
  [404, undefined, 'This room does not exist. Check the link, or ask for a new one.'],
  [403, 'origin not allowed', 'origin not allowed'],
  [503, 'the room cannot be read', 'the room cannot be read'],
])('an upgrade refused with %i (%s) is a refusal with its reason', async (status, detail, reason) => {
  server.answer = { status, ...(detail === undefined ? {} : { detail }) };
  const session = enter();
  const state = await until(session.connection, (c) => c.status === 'refused');
  expect(state).toMatchObject({ code: status, reason, everSynced: false });
});

test('a room unreadable at first opens by itself once it can be read', async () => {
  server.answer = { status: 503, detail: 'the database is away' };
  const session = enter();
  await until(session.connection, (c) => c.status === 'refused');
  server.answer = { status: 200 };
  await online(session);
  expect(session.connection.get().reason).toBeUndefined();
});

test('a close code of 4400 to 4499 is final and carries its reason', async () => {
  const session = enter();
  await online(session);
  type(session, 'kept');
  server.cut(4404, 'room deleted');
  const state = await until(session.connection, (c) => c.status === 'refused');
  expect(state).toMatchObject({ code: 4404, reason: 'room deleted', everSynced: true });
  await settle(500);
  expect(session.connection.get().status).toBe('refused');
  expect(session.download().get('main.py')).toBe('kepthello\n');
  session.reconnect();
  await online(session);
});

test('no server at all is offline, not refused; typing goes on and merges', async () => {
  const port = Number(new URL(server.url).port);
  const session = enter();
  await online(session);
  await server.stop();
  await until(session.connection, (c) => c.status === 'offline');
  type(session, 'offline ');
  await settle(700);
  expect(session.connection.get()).toMatchObject({ status: 'offline' });
  expect(session.connection.get().reason).toBeUndefined();
  expect(session.saved.get()).toMatchObject({ state: 'offline', unsavedEdits: 1 });
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(server.doc));
  server = await startTestServer(port, copy);
  await until(session.saved, (saved) => saved.state === 'saved');
  expect(copy.getMap<Y.Map<Y.Text>>('files').get('main-id')?.get('text')?.toString()).toBe('offline hello\n');
});

test('the rescue copy holds the whole document', async () => {
  const session = enter();
  await online(session);
  type(session, 'x');
  const copy = new Y.Doc();
  Y.applyUpdate(copy, session.exportUpdate());
  expect(copy.getMap<Y.Map<Y.Text>>('files').get('main-id')?.get('text')?.toString()).toBe('xhello\n');
});
