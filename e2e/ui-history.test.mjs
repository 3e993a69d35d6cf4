// SPDX-License-Identifier: MIT
// The room's time line in a real browser.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Person, launch } from './lib/browser.mjs';
import { Server } from './lib/server.mjs';
import { until } from './lib/until.mjs';

describe('the history of a room', () => {
  let server, browser, ann;
  before(async () => {
    server = await Server.start();
    browser = await launch();
    ann = await Person.arrive(browser, 'Ann');
    await ann.known(server);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const put = (roomId, path, body, user) =>
    server.api('PUT', `/api/v1/rooms/${roomId}/files/${path}`, { body, headers: { 'x-username': user } });

  async function writtenRoom() {
    const roomId = await server.createRoom({ code: 'one\n', user: 'Grace', language: 'plaintext' });
    await put(roomId, 'main.txt', 'one\ntwo\n', 'Linus');
    await put(roomId, 'lib/a.txt', 'in a library\n', 'Grace');
    await put(roomId, 'main.txt', 'one\n2\n', 'Ken');
    return roomId;
  }

  async function openHistory(roomId) {
    await ann.enter(server, roomId);
    await ann.at('room-menu').click();
    await ann.at('menu-history').click();
    await ann.at('history-point').waitFor();
  }

  const point = () => ann.at('history-point').innerText();
  const path = () => ann.at('history-text').getAttribute('data-path');
  const text = () =>
    ann.page.locator('[data-testid="history-text"] .editor.modified .view-lines:not(.line-delete)').evaluate((lines) =>
      [...lines.querySelectorAll('.view-line')]
        .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
        .map((line) => line.textContent.replaceAll('\u00a0', ' ').replaceAll('\u200b', ''))
        .join('\n'),
    );
  const shows = (who, file, expected) =>
    until(`${who} in ${file}`, async () => (await point()).startsWith(who) && (await path()) === file && (await text()) === expected);

  test('is gone through by buttons, keys and by itself, each moment with its author and what changed', async () => {
    ann.problems.length = 0;
    await openHistory(await writtenRoom());
    await shows('Ken', 'main.txt', 'one\n2\n');
    await ann.page.locator('[data-testid="history-text"] .line-insert').first().waitFor();
    await ann.at('history-earlier').click();
    await shows('Grace', 'lib/a.txt', 'in a library\n');
    await ann.at('history-file').selectOption('main.txt');
    await shows('Grace', 'main.txt', 'one\ntwo\n');

    const thumb = ann.page.getByRole('slider', { name: 'Moment' });
    await thumb.focus();
    await ann.press('Home');
    await shows('Grace', 'main.txt', 'one\n');
    assert.match(await thumb.getAttribute('aria-valuetext'), /^Grace, .*, 1 of 4$/);
    await ann.press('ArrowRight');
    await shows('Linus', 'main.txt', 'one\ntwo\n');
    assert.equal(await ann.at('history-later').isEnabled(), true);
    await ann.press('PageDown');
    await shows('Grace', 'main.txt', 'one\n');
    await ann.press('PageUp');
    await shows('Linus', 'main.txt', 'one\ntwo\n');

    await ann.at('history-play').click();
    await shows('Ken', 'main.txt', 'one\n2\n');
    await until('it stops at the end', async () => (await ann.at('history-play').getAttribute('aria-label')) === 'Play');
    assert.equal(await ann.at('history-restore').isEnabled(), false, 'the present needs no restoring');
    await ann.press('Escape');
    await ann.at('history-point').waitFor({ state: 'hidden' });
    assert.deepEqual(ann.problems, []);
  });

  test('a long one is gone through by PageUp and PageDown in twenty steps', async () => {
    const roomId = await server.createRoom({ code: '0\n', user: 'Grace', language: 'plaintext' });
    for (let i = 1; i <= 60; i++) await put(roomId, 'main.txt', `${i}\n`, i % 2 ? 'Linus' : 'Grace');
    await openHistory(roomId);
    const thumb = ann.page.getByRole('slider', { name: 'Moment' });
    const at = (place) => until(place, async () => (await thumb.getAttribute('aria-valuetext')).endsWith(`, ${place} of 61`));
    await at(61);
    await thumb.focus();
    await ann.press('PageDown', 'PageDown');
    await at(55);
    await ann.press('PageUp');
    await at(58);
    await ann.press('Home', 'PageDown');
    await at(1);
    await ann.press('Escape');
  });

  test('brings a moment back for everybody, and keeps what came since', async () => {
    ann.problems.length = 0;
    const roomId = await writtenRoom();
    await openHistory(roomId);
    await shows('Ken', 'main.txt', 'one\n2\n');
    await ann.page.getByRole('slider', { name: 'Moment' }).focus();
    await ann.press('Home');
    await shows('Grace', 'main.txt', 'one\n');
    await ann.at('history-restore').click();
    await ann.at('history-restore-confirm').click();
    await ann.at('history-point').waitFor({ state: 'hidden' });
    await until('the editor shows it', async () => (await ann.lines()).join('\n') === 'one\n');
    await ann.file('lib/a.txt').waitFor({ state: 'hidden' });
    assert.equal(await server.roomCode(roomId), 'one\n');
    const { points } = (await server.api('GET', `/api/v1/rooms/${roomId}/history`)).json;
    assert.equal(points.at(-1).author, 'Ann');
    const before = await server.api('GET', points.at(-2).link);
    assert.deepEqual(before.json.files.map((file) => file.text), ['in a library\n', 'one\n2\n']);
    assert.deepEqual(ann.problems, []);
  });

  test('says so when it cannot be read', async () => {
    const roomId = await writtenRoom();
    await ann.page.route('**/history?*', (route) =>
      route.fulfill({ status: 503, contentType: 'application/json', body: '{"detail":"The database does not answer: try again in a moment."}' }),
    );
    await ann.enter(server, roomId);
    await ann.at('room-menu').click();
    await ann.at('menu-history').click();
    await ann.page.getByRole('alert').getByText('The database does not answer').waitFor();
    await ann.page.unroute('**/history?*');
  });
});
