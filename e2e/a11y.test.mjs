// SPDX-License-Identifier: MIT
// axe-core over both pages, light and dark, wide and narrow, with what opens on them.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { Person, launch } from './lib/browser.mjs';
import { YjsClient } from './lib/clients.mjs';
import { Server } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('axe-core finds nothing serious', () => {
  let server, browser, roomId, guest;
  before(async () => {
    server = await Server.start();
    browser = await launch();
    roomId = await server.createRoom({ name: 'Looked at', language: 'python', code: 'print("hello")\n'.repeat(5) });
    await server.api('PUT', `/api/v1/rooms/${roomId}/files/src/util.py`, { body: 'x = 1\n' });
    guest = new YjsClient(server, roomId);
    await guest.synced();
    guest.provider.awareness.setLocalState({ user: { name: 'Grace Hopper', color: '#be185d' } });
  });
  after(async () => {
    guest?.destroy();
    await browser?.close();
    await server?.stop();
  });

  /** Fails with what axe found and where. */
  async function check(person, where) {
    // Half-transparent while they fade in, texts have no contrast.
    await until(`${where} is at rest`, () =>
      person.page.evaluate(() => document.getAnimations().every((one) => one.playState !== 'running' || one.effect.getTiming().iterations === Infinity)),
    );
    if (!(await person.page.evaluate(() => 'axe' in globalThis))) await person.page.evaluate(axe);
    const found = await person.page.evaluate(async () => {
      const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `    ${node.html.slice(0, 160)}\n    ${node.failureSummary}`).join('\n')}`);
    });
    assert.equal(found.length, 0, `${where}:\n${found.join('\n')}`);
  }

  const opened = async (person, id) => {
    await person.at(id).click();
    const open = person.page.locator('[data-mantine-shared-portal-node] :is([role="dialog"], [role="menu"], [role="listbox"]):visible').last();
    await open.waitFor();
    return open;
  };
  const closed = async (person, open) => {
    await person.press('Escape');
    await open.waitFor({ state: 'hidden' });
  };

  for (const dark of [false, true]) {
    for (const width of [1280, 360]) {
      test(`${dark ? 'dark' : 'light'}, ${width} wide`, async () => {
        const ann = await Person.arrive(browser, 'Ann', { dark, viewport: { width, height: 740 }, bypassCSP: true });
        const at = (what) => `${what}, ${dark ? 'dark' : 'light'}, ${width} wide`;

        await ann.visit(server);
        await check(ann, at('home'));
        await ann.at('join-input').fill('abc');
        await ann.at('join-button').click();
        await ann.page.getByText('This id is too short').waitFor();
        await ann.at('create-room').click();
        await ann.at('name-input').waitFor();
        await ann.at('name-save').click();
        await check(ann, at('home, asking for a name'));

        await ann.enter(server, roomId);
        await until('the guest is shown', async () => /people/.test(await ann.at('status-people').textContent()));
        await check(ann, at('room'));
        for (const id of ['settings', 'room-menu', 'people-list-button', 'status-language']) {
          const open = await opened(ann, id);
          await check(ann, at(`room, ${id} open`));
          await closed(ann, open);
        }
        await ann.at('room-menu').click();
        await ann.at('menu-history').click();
        await ann.page.locator('[data-testid="history-text"] .modified .view-line').first().waitFor();
        await check(ann, at('room, history open'));
        await ann.press('Escape');
        await ann.at('history-text').waitFor({ state: 'hidden' });
        if (width < 720) await ann.at('toggle-files').click();
        await ann.file('main.py').hover();
        await ann.file('main.py').getByTestId('tree-menu').click();
        const menu = ann.page.getByRole('menu');
        await menu.waitFor();
        await check(ann, at('room, a file’s menu'));
        await closed(ann, menu);
        await ann.at('new-file').click();
        await ann.at('file-path').fill('main.py');
        await ann.at('file-path-save').click();
        await ann.page.getByText('There is already a file').waitFor();
        await check(ann, at('room, a new file refused'));

        await ann.page.goto(`${server.url}/rooms/AAAAAAAAAAAAAAAAAAAAAA`);
        await ann.at('refused').waitFor();
        await check(ann, at('refused'));
        assert.deepEqual(ann.problems, []);
        await ann.leave();
      });
    }
  }

  // Last: it takes the server away.
  test('offline, with edits waiting', async () => {
    for (const dark of [false, true]) {
      const ann = await Person.arrive(browser, 'Ann', { dark, bypassCSP: true });
      await ann.known(server);
      await ann.enter(server, roomId);
      await server.kill();
      await ann.at('offline-banner').waitFor();
      await ann.focus();
      await ann.type('# kept');
      await check(ann, `room, offline, ${dark ? 'dark' : 'light'}`);
      await server.spawn();
      await ann.leave();
    }
  });
});
