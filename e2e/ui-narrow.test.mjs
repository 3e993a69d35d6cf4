// SPDX-License-Identifier: MIT
// A narrow screen, and a keyboard alone.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Person, launch } from './lib/browser.mjs';
import { Server } from './lib/server.mjs';
import { until } from './lib/until.mjs';

describe('other ways to use the pages', () => {
  let server, browser;
  before(async () => {
    server = await Server.start();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const fits = async (person) => {
    const { content, view } = await person.page.evaluate(() => ({
      content: document.documentElement.scrollWidth,
      view: document.documentElement.clientWidth,
    }));
    assert.ok(content <= view, `the page is ${content} wide in a view of ${view}`);
  };
  const inView = async (person, locator, what) => {
    const box = await locator.boundingBox();
    const { width, height } = person.page.viewportSize();
    assert.ok(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height,
      `${what} is in view: ${JSON.stringify(box)}`);
  };

  test('a telephone 360 wide shows all of both pages without scrolling sideways', async () => {
    const ann = await Person.arrive(browser, 'Ann', { viewport: { width: 360, height: 640 } });
    await ann.known(server);
    const roomId = await server.createRoom({
      name: 'A rather long name for a room on a rather small telephone',
      language: 'plaintext',
      code: `${'long '.repeat(100)}\n`,
    });
    await ann.enter(server, roomId);
    await fits(ann);
    for (const id of ['status-connection', 'status-saved', 'status-position', 'status-language', 'settings', 'room-menu', 'copy-link', 'room-title', 'people-list-button']) {
      await inView(ann, ann.at(id), id);
    }
    await ann.focus();
    await ann.press('Control+End');
    await ann.type('typed here');
    await until('it is saved', async () => (await server.roomCode(roomId)).endsWith('\ntyped here'));

    await ann.at('toggle-files').click();
    await ann.at('file-tree').waitFor();
    await ann.at('new-file').click();
    await inView(ann, ann.at('file-path'), 'the dialog');
    await ann.at('file-path').fill('docs/notes.md');
    await ann.at('file-path-save').click();
    await ann.shows('docs/notes.md');
    await ann.at('file-tree').waitFor({ state: 'hidden' });
    await ann.type('x');
    await until('the caret went into it', async () => (await ann.at('status-position').innerText()) === 'Ln 1, Col 2');
    await ann.at('toggle-files').click();
    await ann.open('main.txt');

    for (const id of ['settings', 'room-menu', 'people-list-button', 'status-language']) {
      await ann.at(id).click();
      const open = ann.page.locator('[data-mantine-shared-portal-node] :is([role="dialog"], [role="menu"], [role="listbox"]):visible').last();
      await open.waitFor();
      await until(`what ${id} opens is in view`, () => inView(ann, open, id).then(() => true));
      await fits(ann);
      await ann.press('Escape');
      await open.waitFor({ state: 'hidden' });
    }

    await ann.visit(server);
    await ann.at('recent-rooms').waitFor();
    await fits(ann);
    assert.deepEqual(ann.problems, []);
    await ann.leave();
  });

  /** What has the focus, in words; fails when it cannot be seen that it has. */
  const focused = async (person) => {
    const found = await person.page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const box = element.getBoundingClientRect();
      // A hidden radio or check box shows it on its label, an input in its frame.
      const marks = [element, element.parentElement, element.nextElementSibling, element.closest('label')].filter(Boolean);
      const visible = marks.some((mark) => {
        const style = getComputedStyle(mark);
        return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
      });
      const framed = element.matches('input:not([type=radio], [type=checkbox]), textarea') || element.closest('.monaco-editor');
      return {
        name: element.dataset.testid ?? element.getAttribute('aria-label') ?? element.textContent.trim(),
        tag: element.tagName,
        visible: Boolean(visible || framed),
        onScreen: box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight,
      };
    });
    if (!found) return { name: '', tag: 'BODY' };
    assert.ok(found.visible, `one sees that ${found.tag} ${found.name} has the focus`);
    return found;
  };
  const tabTo = async (person, name, key = 'Tab') => {
    const seen = [];
    for (let i = 0; i < 60; i++) {
      await person.press(key);
      const now = await focused(person);
      seen.push(now.name);
      if (name instanceof RegExp ? name.test(now.name) : now.name === name) return;
    }
    assert.fail(`Tab never came to ${name}: ${seen.join(', ')}`);
  };

  test('all of it works with the keyboard alone, and one sees where one is', async () => {
    const ann = await Person.arrive(browser, 'Ann');
    await ann.visit(server);
    await ann.press('Tab');
    assert.match((await focused(ann)).name, /Skip to the content/);
    await tabTo(ann, 'room-name');
    await ann.type('By keys');
    await tabTo(ann, /^language-/);
    await ann.press('ArrowRight', 'ArrowRight'); // Python → TypeScript
    await tabTo(ann, 'create-room');
    await ann.press('Enter');
    await until('the name is asked', async () => (await focused(ann)).name === 'name-input');
    await ann.type('Ann');
    await ann.press('Enter');
    await ann.page.waitForURL('**/rooms/*');
    await ann.online();
    await ann.shows('main.ts');
    assert.equal(await ann.at('room-title').inputValue(), 'By keys');

    await ann.press('Tab');
    assert.match((await focused(ann)).name, /Skip to the editor/);
    await tabTo(ann, 'new-file');
    await ann.press('Enter');
    await until('the path is asked', async () => (await focused(ann)).name === 'file-path');
    await ann.type('notes.txt');
    await ann.press('Enter');
    await ann.shows('notes.txt');
    await until('the editor has the focus', async () => /editor/i.test((await focused(ann)).name));
    await ann.type('hello');
    await until('it is typed', async () => (await ann.lines()).join('\n') === 'hello');

    // Tab indents; after Ctrl+M it leaves.
    await ann.press('Tab');
    await until('it is indented', async () => (await ann.lines())[0].length > 5);
    await ann.press('Control+m');
    await ann.press('Tab');
    await until('the editor is left', async () => !/editor/i.test((await focused(ann)).name));
    assert.match((await focused(ann)).name, /^status-/);
    await tabTo(ann, /^tab$/, 'Shift+Tab');
    await until('on the current tab or one beside it', async () => (await focused(ann)).tag === 'BUTTON');
    await ann.press('ArrowLeft');
    await ann.shows('main.ts');

    // The tree: one stop, arrows inside.
    await tabTo(ann, /main\.ts|tree-file/, 'Shift+Tab');
    await ann.press('ArrowDown', 'Enter');
    await ann.shows('notes.txt');

    await until('the editor has the focus', async () => /editor/i.test((await focused(ann)).name));
    await tabTo(ann, 'settings', 'Shift+Tab');
    await ann.press('Enter');
    const panel = ann.page.getByRole('dialog', { name: 'Settings' });
    await panel.waitFor();
    await tabTo(ann, 'setting-wordWrap');
    await ann.press('Space');
    await until('it is on', () => ann.page.getByRole('switch', { name: 'Wrap long lines' }).isChecked());
    await ann.press('Escape');
    await panel.waitFor({ state: 'hidden' });
    await until('the button has the focus again', async () => (await focused(ann)).name === 'settings');

    await tabTo(ann, 'room-menu');
    await ann.press('Enter');
    await ann.at('menu-download-zip').waitFor();
    await tabTo(ann, 'Leave the room', 'ArrowDown');
    await ann.press('Enter');
    await ann.page.waitForURL(`${server.url}/`);
    assert.deepEqual(ann.problems, []);
    await ann.leave();
  });

  test('who clicks into the editor while something is open types there', async () => {
    const ann = await Person.arrive(browser, 'Ann');
    await ann.known(server);
    const roomId = await server.createRoom({ language: 'plaintext', code: '' });
    await ann.enter(server, roomId);
    const parts = {
      settings: 'font-size',
      'people-list-button': 'person-row',
      'status-language': 'language-search',
      'room-menu': 'menu-download-zip',
    };
    for (const [id, part] of Object.entries(parts)) {
      await ann.at(id).click();
      await ann.at(part).waitFor();
      await ann.focus();
      await ann.at(part).waitFor({ state: 'hidden' });
      await ann.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100))); // time to do harm
      await ann.type('k ');
    }
    await until('all went into the text', async () => (await ann.lines())[0] === 'k k k k ');
    await ann.leave();
  });
});
