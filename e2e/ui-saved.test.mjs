// SPDX-License-Identifier: MIT
// What the status line says about saving is true: saved, saving, not saved and why, offline with edits kept here.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, Person } from './lib/browser.mjs';
import { YjsClient } from './lib/clients.mjs';
import { Wire } from './lib/proxy.mjs';
import { Server } from './lib/server.mjs';
import { lockSqlite } from './lib/stall.mjs';
import { sleep, until } from './lib/until.mjs';

describe('the status line', () => {
  let browser;
  let server;
  let wire;
  before(async () => {
    browser = await launch();
    server = await Server.start({ env: { YOKE_LIMIT_STORE_BACKLOG_MAX_BYTES: '65536' } });
    wire = await Wire.to(server);
  });
  after(async () => {
    await browser?.close();
    await wire?.remove();
    await server?.stop();
  });

  async function dora() {
    const roomId = await server.createRoom({ code: '' });
    const person = await Person.arrive(browser, 'Dora', { origin: wire.url });
    await person.enter(server, roomId);
    await person.focus();
    return { roomId, person, line: () => person.at('status-saved').textContent() };
  }

  test('says saved only of what is on disk, saving until then, and why it cannot be saved', async () => {
    const { roomId, person, line } = await dora();
    await person.type('first');
    await person.saved();
    assert.equal(await line(), 'Saved');
    const release = await lockSqlite(server);
    await person.type(' second');
    await until('saving', async () => (await person.state('status-saved')) === 'saving');
    assert.equal(await line(), 'Saving…');
    await until('the reason', async () => /^Not saved: .*another process holds the lock/.test(await line()), 15_000);
    await release();
    await person.saved();
    assert.equal(await line(), 'Saved');
    await server.kill();
    await server.spawn();
    assert.equal(await server.roomCode(roomId), 'first second');
    assert.deepEqual(person.problems, []);
    await person.leave();
  });

  test('counts what is kept here while offline, and says saved once the server has it', async () => {
    const { roomId, person, line } = await dora();
    await person.type('first');
    await person.saved();
    wire.cut();
    await until('offline', async () => (await person.state('status-connection')) === 'offline', 30_000);
    await person.type('abc');
    await until('three edits are kept', async () => (await line()) === '3 edits not saved');
    assert.match(await person.at('offline-banner').textContent(), /typing goes on, 3 edits kept here/);
    assert.equal(await server.roomCode(roomId), 'first');
    wire.mend();
    await person.saved();
    assert.equal(await server.roomCode(roomId), 'firstabc');
    await person.leave();
  });

  test('says that the server takes no more edits when too many wait for the database', async () => {
    const { roomId, person } = await dora();
    await person.type('first');
    await person.saved();
    const filler = new YjsClient(server, roomId, { protocols: ['yoke.v1'] });
    await filler.synced();
    const release = await lockSqlite(server);
    for (let i = 0; i < 20; i++) filler.text().insert(0, 'x'.repeat(4000));
    await until('the filler is closed', () => filler.closes.includes(1013));
    filler.provider.disconnect();
    await person.focus();
    await person.type('y'.repeat(30));
    await until(
      'the banner says why',
      async () => /database/.test(await person.at('offline-banner').textContent({ timeout: 1000 })),
      20_000,
    );
    assert.match(await person.at('status-saved').textContent(), /edits? not saved/);
    await release();
    await person.saved();
    await sleep(100);
    assert.ok((await server.roomCode(roomId)).includes('y'.repeat(30)));
    filler.destroy();
    await person.leave();
  });
});
