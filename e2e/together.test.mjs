// SPDX-License-Identifier: MIT
// Three people in real browsers, one of them offline for a while, the server killed in the middle.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Person, launch } from './lib/browser.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Wire } from './lib/proxy.mjs';
import { Server } from './lib/server.mjs';
import { lockPostgres, lockSqlite } from './lib/stall.mjs';
import { sleep, until } from './lib/until.mjs';

const NAMES = ['Ann', 'Bob', 'Cleo'];

/** Types `count` tokens where the caret is, taking back every fourth; returns those that stay. */
async function typeTokens(person, phase, count) {
  const kept = [];
  for (let i = 0; i < count; i++) {
    const token = `<${person.name[0]}${phase}.${i}>`;
    await person.type(token, 3);
    if (i % 4 === 3) {
      for (let n = 0; n < token.length; n++) await person.press('Backspace');
    } else {
      kept.push(token);
    }
  }
  return kept;
}

function together(kind, startStore) {
  describe(`together on ${kind}`, () => {
    let store, server, browser, wire;
    before(async () => {
      store = await startStore();
      server = await Server.start({ env: store.env });
      wire = await Wire.to(server);
      browser = await launch();
    });
    after(async () => {
      await browser?.close();
      await wire?.remove();
      await server?.stop();
      await store?.stop();
    });

    test('three people type and delete at the same places; one goes offline, the server dies; every token stands once', async () => {
      const roomId = await server.createRoom({ language: 'plaintext', code: `${'#'.repeat(40)}\n` });
      const people = await Promise.all(
        NAMES.map((name) => Person.arrive(browser, name, name === 'Cleo' ? { origin: wire.url } : {})),
      );
      const [ann, bob, cleo] = people;
      await Promise.all(people.map((person) => person.enter(server, roomId)));
      await Promise.all(people.map((person) => person.focus()));
      const tokens = [];
      // Who goes to the end while somebody's token is arriving goes into the middle of it, and it is torn rightly.
      const agree = async (some) => {
        await until('their pages show the same', async () => {
          const texts = await Promise.all(some.map((person) => person.text()));
          return texts.every((text) => text === texts[0]);
        });
        await Promise.all(some.map((person) => person.focus()));
      };
      const everyone = async (phase, count) => {
        await Promise.all(people.map((person) => person.press('Control+End')));
        const kept = await Promise.all(people.map((person) => typeTokens(person, phase, count)));
        tokens.push(...kept.flat());
      };

      await everyone(1, 8);
      // All of them delete the same characters at once.
      await Promise.all(people.map((p) => p.press('Control+Home', 'Delete', 'Delete', 'Delete', 'Delete')));

      await agree(people);
      wire.cut();
      await until('Cleo’s page says so', async () => (await cleo.state('status-connection')) === 'offline', 40_000);
      await cleo.at('offline-banner').waitFor();
      await everyone(2, 8);
      assert.match(await cleo.at('offline-banner').innerText(), /\d+ edits? kept here/);
      assert.equal(await cleo.state('status-saved'), 'offline');
      await agree([ann, bob]);
      wire.mend();
      await cleo.online();

      const dying = everyone(3, 8);
      await sleep(400);
      await server.kill();
      await sleep(800);
      await server.spawn();
      await dying;
      await Promise.all(people.map((person) => person.online()));
      await Promise.all(people.map((person) => person.saved()));

      await agree(people);
      const texts = await Promise.all(people.map((person) => person.text()));
      texts.push(await server.roomCode(roomId));
      for (const text of texts) {
        for (const token of tokens) {
          assert.equal(text.split(token).length - 1, 1, `${token} stands exactly once in:\n${text}`);
        }
        assert.equal(text.replace(/#+\n/, '').length, tokens.join('').length, `nothing else stands in:\n${text}`);
      }
      assert.equal(new Set(texts).size, 1);

      await server.kill();
      await server.spawn();
      assert.equal(await server.roomCode(roomId), texts[0], 'and it is on disk');
      for (const person of people) assert.deepEqual(person.problems, [], person.name);
      await Promise.all(people.map((person) => person.leave()));
    });

    test('the page does not say saved while the store is stalled', async () => {
      const roomId = await server.createRoom({ code: '' });
      const person = await Person.arrive(browser, 'Dora');
      await person.enter(server, roomId);
      await person.focus();
      await person.type('first');
      await person.saved();
      const release = await store.stall(server);
      await person.type(' second');
      const seen = new Set();
      for (let i = 0; i < 40; i++) {
        seen.add(await person.state('status-saved'));
        await sleep(100);
      }
      assert.equal(seen.has('saved'), false, [...seen].join(', '));
      await until('it says that it is not saved', async () => (await person.state('status-saved')) === 'unsaved', 10_000);
      await release();
      await person.saved();
      assert.equal(await server.roomCode(roomId), 'first second');
      await person.leave();
    });
  });
}

together('SQLite', async () => ({ env: {}, stall: lockSqlite, stop: async () => {} }));
together('PostgreSQL', async () => {
  const pg = await Postgres.start();
  return { env: pg.env, stall: () => lockPostgres(pg), stop: () => pg.stop() };
});
