// SPDX-License-Identifier: MIT
// The start page, and the ways into a room.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Person, launch } from './lib/browser.mjs';
import { Server } from './lib/server.mjs';
import { until } from './lib/until.mjs';

/** Well formed, but nobody's. */
const NOWHERE = 'AAAAAAAAAAAAAAAAAAAAAA';

describe('the start page', () => {
  let server, browser;
  before(async () => {
    server = await Server.start();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const roomOf = (person) => new URL(person.page.url()).pathname.match(/^\/rooms\/([\w-]{16,64})$/)?.[1];

  /** A test with one person, whose page must have had no trouble in the end. */
  function personTest(name, body, options) {
    test(name, async () => {
      const person = await Person.arrive(browser, 'Ann', options);
      try {
        await body(person);
        assert.deepEqual(person.problems, []);
      } finally {
        await person.leave();
      }
    });
  }

  async function inRoom(person) {
    await person.page.waitForURL('**/rooms/*');
    await person.online();
    return roomOf(person);
  }

  personTest('asks for a name once, before the first room, and remembers it', async (ann) => {
    await ann.visit(server);
    assert.equal(await ann.at('identity').innerText(), 'Set your name');
    await ann.at('create-room').click();
    await ann.at('name-input').waitFor();

    await ann.at('name-save').click();
    await ann.page.getByText('Please give a name.').waitFor();
    await ann.at('name-input').fill('   ');
    await ann.at('name-save').click();
    await ann.page.getByText('Please give a name.').waitFor();
    assert.equal(roomOf(ann), undefined, 'no room is made without a name');

    await ann.at('name-input').fill('  Ann\tSmith ');
    await ann.at('name-save').click();
    const roomId = await inRoom(ann);
    await ann.page.getByRole('img', { name: 'Ann Smith (you)' }).waitFor();

    await ann.page.reload();
    await ann.online();
    assert.equal(await ann.at('name-input').count(), 0, 'not asked again after a reload');

    await ann.page.close();
    ann.page = await ann.context.newPage();
    await ann.visit(server);
    assert.equal(await ann.at('identity').innerText(), 'Ann Smith');
    await ann.at('create-room').click();
    assert.notEqual(await inRoom(ann), roomId, 'nor on the next visit');
  });

  personTest('asks who comes by a link for a name before the room opens', async (ann) => {
    const roomId = await server.createRoom({ name: 'Linked' });
    await ann.page.goto(`${server.url}/rooms/${roomId}`);
    await ann.at('name-input').waitFor();
    await ann.press('Escape');
    await ann.at('name-input').fill('Ann');
    await ann.press('Enter');
    await ann.online();
    assert.equal(await ann.at('room-title').inputValue(), 'Linked');
  });

  personTest('makes a room with the given name, the language’s main file and its example', async (ann) => {
    await ann.known(server);
    await ann.visit(server);
    await ann.at('room-name').fill('Fix the <parser> 🦀');
    await ann.page.getByText('Rust', { exact: true }).click();
    await ann.at('create-room').click();
    const roomId = await inRoom(ann);
    assert.equal(await ann.at('room-title').inputValue(), 'Fix the <parser> 🦀');
    await ann.shows('main.rs');
    assert.equal(await ann.at('status-language').getAttribute('data-language'), 'rust');
    const text = await ann.text();
    assert.match(text, /^use std::collections::HashMap;\n[\s\S]*fn main\(\)/);
    const room = (await server.api('GET', `/api/v1/rooms/${roomId}`)).json;
    assert.equal(room.name, 'Fix the <parser> 🦀');
    assert.equal(room.language, 'rust');
    assert.equal(room.code, text);
  });

  personTest('makes an empty room when the example is not wanted', async (ann) => {
    await ann.known(server);
    await ann.visit(server);
    await ann.page.getByText('Go', { exact: true }).click();
    await ann.at('with-starter').uncheck();
    await ann.at('create-room').click();
    const roomId = await inRoom(ann);
    await ann.shows('main.go');
    assert.equal(await ann.text(), '');
    assert.equal(await server.roomCode(roomId), '');
  });

  personTest('lists the rooms I was in, last one first, and forgets the ones I remove', async (ann) => {
    await ann.known(server);
    await ann.visit(server);
    await ann.page.getByText('Rooms that you have been in appear here.').waitFor();
    for (const name of ['First', 'Second']) {
      await ann.enter(server, await server.createRoom({ name }));
      await until('the title', async () => (await ann.at('room-title').inputValue()) === name);
    }
    await ann.visit(server);
    const listed = () => ann.at('recent-rooms').getByRole('link').allInnerTexts();
    assert.deepEqual((await listed()).map((text) => text.split('\n')[0]), ['Second', 'First']);

    await ann.page.getByRole('button', { name: 'Remove Second from this list' }).click();
    assert.equal((await listed()).length, 1);
    await ann.page.reload();
    await ann.at('recent-rooms').waitFor();
    assert.deepEqual((await listed()).map((text) => text.split('\n')[0]), ['First']);

    await ann.at('recent-rooms').getByRole('link', { name: 'First' }).click();
    await inRoom(ann);
    assert.equal(await ann.at('room-title').inputValue(), 'First');
  });

  personTest('joins by a link and by a bare id', async (ann) => {
    await ann.known(server);
    const roomId = await server.createRoom({ name: 'Meet here' });
    for (const given of [
      `${server.url}/rooms/${roomId}`,
      `  ${roomId}\n`,
      `127.0.0.1:${server.port}/rooms/${roomId}/?from=mail#x`,
      `${server.ws}/api/v1/yjs/${roomId}`,
    ]) {
      await ann.visit(server);
      await ann.at('join-input').fill(given);
      await ann.at('join-button').click();
      assert.equal(await inRoom(ann), roomId, given);
    }
  });

  personTest('says what is wrong with a link that leads nowhere', async (ann) => {
    await ann.visit(server);
    const refused = async (given, message) => {
      await ann.at('join-input').fill(given);
      await ann.at('join-button').click();
      await ann.page.getByText(message).waitFor();
      assert.equal(new URL(ann.page.url()).pathname, '/', given);
    };
    await refused('', 'Paste the link of a room, or its id.');
    await refused('abc', 'This id is too short: a room id has at least 16 characters.');
    await refused('what is this, a room id?', /neither a link|only letters, digits/);
    await refused(`${server.url}/docs`, 'This link does not lead to a room.');
    await refused(`${server.url}/rooms/short`, 'This link does not lead to a room.');
    await refused(`https://elsewhere.example/rooms/${NOWHERE}`, 'another server, elsewhere.example');
    await refused('javascript:alert(1)', /neither a link|another server|does not lead to a room/);
  });

  personTest('shows the server’s own words when it refuses', async (ann) => {
    const answer = await server.api('GET', `/api/v1/rooms/${NOWHERE}`);
    assert.equal(answer.status, 404);
    assert.equal(typeof answer.json.detail, 'string');
    await ann.visit(server);
    await ann.at('join-input').fill(NOWHERE);
    await ann.at('join-button').click();
    await ann.page.getByText(answer.json.detail).waitFor();
  });

  personTest('an address that is no page says so and leads back, and a script gets the usual error', async (ann) => {
    const answer = await ann.page.goto(`${server.url}/nowhere`);
    assert.equal(answer.status(), 404);
    await ann.page.getByRole('heading').first().waitFor();
    await ann.page.locator('a[href="/"]').last().click();
    await ann.at('create-room').first().waitFor();
    assert.deepEqual((await server.api('GET', '/nowhere')).json, { detail: 'Not Found' });
  });

  personTest('says so when a room’s link is unknown or cut off, and leads back', async (ann) => {
    await ann.known(server);
    await ann.page.goto(`${server.url}/rooms/${NOWHERE}`);
    await ann.at('refused').waitFor();
    await ann.page.getByRole('heading', { name: 'This room does not exist' }).waitFor();
    await ann.page.getByRole('link', { name: 'Go to the start page' }).click();
    await ann.at('create-room').waitFor();

    await ann.page.goto(`${server.url}/rooms/cut`);
    await ann.page.getByRole('heading', { name: 'This link does not lead to a room' }).waitFor();
    await ann.page.getByRole('link', { name: 'Go to the start page' }).click();
    await ann.at('create-room').waitFor();
  });

  // Last: it takes the server away.
  personTest('keeps what was filled in when the server cannot be reached, and works once it can', async (ann) => {
    await ann.known(server);
    await ann.visit(server);
    await server.kill();
    await ann.at('room-name').fill('Patience');
    await ann.at('create-room').click();
    await ann.page.getByRole('alert').filter({ hasText: 'The server cannot be reached.' }).waitFor();
    assert.equal(await ann.at('room-name').inputValue(), 'Patience');
    await server.spawn();
    await ann.at('create-room').click();
    await inRoom(ann);
    assert.equal(await ann.at('room-title').inputValue(), 'Patience');
  });
});
