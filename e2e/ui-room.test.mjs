// SPDX-License-Identifier: MIT
// One person in a room: files, tabs, languages, settings, completion, downloads.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Person, launch } from './lib/browser.mjs';
import { Server } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const run = promisify(execFile);

describe('one person in a room', () => {
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

  /** A test in a new room, whose page must have had no trouble in the end. */
  function roomTest(name, { room = { language: 'plaintext', code: '' }, files = {} }, body) {
    test(name, async () => {
      ann.problems.length = 0;
      await ann.page.evaluate(() => ['yoke.settings', 'yoke.theme'].forEach((key) => localStorage.removeItem(key)));
      const roomId = await server.createRoom(room);
      for (const [path, text] of Object.entries(files)) await put(roomId, path, text);
      await ann.enter(server, roomId);
      await body(roomId);
      assert.deepEqual(ann.problems, []);
    });
  }

  async function put(roomId, path, text) {
    const answer = await server.api('PUT', `/api/v1/rooms/${roomId}/files/${path}`, {
      headers: { 'content-type': 'text/plain' },
      body: text,
    });
    assert.ok(answer.status < 300, `${answer.status} ${answer.text}`);
  }

  const paths = async (roomId) =>
    (await server.api('GET', `/api/v1/rooms/${roomId}/files`)).json.files.map((file) => file.path).sort();
  const serverHas = (roomId, expected) =>
    until(`the server has ${expected}`, async () => String(await paths(roomId)) === String(expected));
  const tabs = () => ann.at('tab').evaluateAll((list) => list.map((tab) => tab.dataset.path));
  const fromMenu = async (path, item) => {
    await ann.file(path).hover();
    await ann.file(path).getByTestId('tree-menu').click();
    await ann.at(item).click();
  };
  /** Without taking the focus out of the editor. */
  const drawn = async () => (await ann.lines()).join('\n');
  const language = (id) =>
    until(`the language is ${id}`, async () => (await ann.at('status-language').getAttribute('data-language')) === id);

  roomTest('makes, renames and deletes files, for the server too', {}, async (roomId) => {
    await ann.newFile('src/tools/parse.py');
    await ann.type('x = 1');
    await serverHas(roomId, ['main.txt', 'src/tools/parse.py']);
    assert.equal(await ann.page.locator('[data-testid="tree-folder"][data-path="src/tools/"]').count(), 1);

    await fromMenu('src/tools/parse.py', 'rename-file');
    assert.equal(await ann.at('file-path').inputValue(), 'src/tools/parse.py');
    await ann.at('file-path').fill('lib/parse.rb');
    await ann.at('file-path-save').click();
    await ann.shows('lib/parse.rb');
    await serverHas(roomId, ['lib/parse.rb', 'main.txt']);
    await until('the text came along', async () => (await ann.text()) === 'x = 1');

    await fromMenu('lib/parse.rb', 'delete-file');
    await ann.page.getByText('will be gone for everyone').waitFor();
    await ann.page.getByRole('button', { name: 'Keep' }).click();
    await ann.page.getByText('will be gone for everyone').waitFor({ state: 'hidden' });
    assert.equal(await ann.file('lib/parse.rb').count(), 1);

    await fromMenu('lib/parse.rb', 'delete-file');
    await ann.at('confirm-delete').click();
    await serverHas(roomId, ['main.txt']);
    await until('its tab is closed', async () => String(await tabs()) === 'main.txt');
    await ann.shows('main.txt');
  });

  roomTest('refuses a path that is taken or unsafe, and says why', { files: { 'src/a.py': '' } }, async (roomId) => {
    await ann.at('new-file').click();
    const refused = async (path, message) => {
      await ann.at('file-path').fill(path);
      await ann.at('file-path-save').click();
      await ann.page.getByText(message).waitFor();
    };
    await refused('main.txt', 'There is already a file “main.txt”.');
    await refused('src', '“src” is already a folder.');
    await refused('main.txt/x', '“main.txt” is a file, so it cannot be a folder.');
    await refused('../secret', 'must not contain “.” or “..”');
    await refused('/etc/passwd', 'The path must be relative');
    await refused('a\\b', 'Use “/” between folders');
    await refused('  ', 'Give the file a name.');
    await refused('é'.repeat(128), 'The path is too long');
    await ann.press('Escape');
    await ann.at('file-path').waitFor({ state: 'hidden' });

    await fromMenu('src/a.py', 'rename-file');
    await refused('main.txt', 'There is already a file “main.txt”.');
    await ann.press('Escape');
    await ann.at('file-path').waitFor({ state: 'hidden' });
    assert.deepEqual(await paths(roomId), ['main.txt', 'src/a.py']);
  });

  const THREE = { 'one.md': 'in one\n', 'two/same.c': 'in two\n', 'three/same.c': 'in three\n' };
  roomTest('opens, switches and closes tabs, and keeps the caret of each', { files: THREE }, async () => {
    for (const path of ['one.md', 'two/same.c', 'three/same.c']) await ann.open(path);
    assert.deepEqual(await tabs(), ['main.txt', 'one.md', 'two/same.c', 'three/same.c']);
    assert.equal(await ann.tab('two/same.c').innerText(), 'two/same.c', 'names that are alike show their folder');
    assert.equal(await ann.tab('one.md').innerText(), 'one.md');
    await until('the text is drawn', async () => (await ann.lines())[0] === 'in three');

    await ann.tab('one.md').click();
    await ann.shows('one.md');
    await until('the text is drawn', async () => (await ann.lines())[0] === 'in one');
    await ann.focus();
    await ann.press('Control+Home', 'ArrowRight', 'ArrowRight', 'ArrowRight');
    await ann.tab('two/same.c').click();
    await ann.tab('one.md').click();
    await until('the caret is where it was', async () => (await ann.at('status-position').innerText()) === 'Ln 1, Col 4');

    // Arrow keys walk over the tabs; Delete closes one.
    await ann.tab('one.md').focus();
    await ann.press('ArrowRight');
    await ann.shows('two/same.c');
    await ann.press('Delete');
    await until('it is closed', async () => String(await tabs()) === 'main.txt,one.md,three/same.c');
    await ann.shows('three/same.c');
    await ann.tab('main.txt').click({ button: 'middle' });
    await ann.page.getByRole('button', { name: 'Close same.c' }).click();
    await ann.shows('one.md');
    await ann.page.getByRole('button', { name: 'Close one.md' }).click();
    await ann.page.getByText('Choose a file to open it here.').waitFor();
    await ann.open('main.txt');
  });

  roomTest('finds the language by name, by content and by hand, and goes back', {}, async (roomId) => {
    await ann.newFile('parse.rs');
    await language('rust');
    await ann.newFile('script');
    await language('plaintext');
    await ann.type('#!/usr/bin/env python3');
    await ann.press('Escape', 'Enter');
    await language('python');

    const choose = async (search) => {
      await ann.at('status-language').click();
      await ann.at('language-search').fill(search);
      await ann.press('ArrowDown', 'Enter');
    };
    await choose('ruby');
    await language('ruby');
    await until('it says that it was chosen', async () => /Ruby \(chosen\)/.test(await ann.at('status-language').innerText()));
    await until('the server knows', async () => {
      const { files } = (await server.api('GET', `/api/v1/rooms/${roomId}/files`)).json;
      return files.find((file) => file.path === 'script').language === 'ruby';
    });
    await ann.page.reload();
    await ann.online();
    await ann.open('script');
    await language('ruby');

    await ann.at('status-language').click();
    await ann.page.getByRole('option', { name: 'Auto' }).click();
    await language('python');
    assert.equal(await ann.at('status-language').innerText(), 'Python');

    await fromMenu('script', 'rename-file');
    await ann.at('file-path').fill('script.md');
    await ann.at('file-path-save').click();
    await language('markdown');
  });

  const ODD = '\tif 1:\n  “ünïcode” 🧑🏽‍💻 \u0000 end without a line end';
  roomTest('downloads a file as it is, byte for byte', { files: { 'src/odd name.txt': ODD } }, async (roomId) => {
    await ann.open('src/odd name.txt');
    const { name, bytes } = await ann.download(() => ann.at('download-file').click());
    assert.equal(name, 'odd name.txt');
    assert.deepEqual(bytes, Buffer.from(ODD));
    const answer = await fetch(`${server.url}/api/v1/rooms/${roomId}/files/src/odd%20name.txt`);
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes);
  });

  const MANY = { 'a/b/deep.py': 'print("🦜")\n', 'empty.txt': '', 'README.md': '# Read me\n' };
  roomTest('downloads all files as a zip', { room: { name: 'My: room?', code: 'm' }, files: MANY }, async () => {
    const { name, bytes } = await ann.download(() => ann.at('download-zip').click());
    assert.equal(name, 'My-room.zip');
    const dir = await mkdtemp(join(tmpdir(), 'yoke-zip-'));
    try {
      await writeFile(join(dir, name), bytes);
      await run('/usr/bin/python3', ['-m', 'zipfile', '-e', join(dir, name), join(dir, 'out')]);
      const { stdout } = await run('find', ['.', '-type', 'f', '-printf', '%P\\n'], { cwd: join(dir, 'out') });
      assert.deepEqual(stdout.trim().split('\n').sort(), ['README.md', 'a/b/deep.py', 'empty.txt', 'main.txt']);
      for (const [path, text] of Object.entries({ ...MANY, 'main.txt': 'm' })) {
        assert.equal(await readFile(join(dir, 'out', path), 'utf8'), text);
      }
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  roomTest('copies the room’s link', {}, async (roomId) => {
    await ann.at('copy-link').click();
    await ann.page.getByText('Link copied').waitFor();
    const copied = await ann.page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied, `${server.url}/rooms/${roomId}`);
  });

  /** 0 black … 255 white. */
  const brightness = (selector) =>
    ann.page.locator(selector).first().evaluate((element) => {
      const [r, g, b] = getComputedStyle(element).backgroundColor.match(/\d+/g).map(Number);
      return (r + g + b) / 3;
    });

  roomTest('changes the theme, and keeps it', {}, async () => {
    const isDark = async () => (await brightness('body')) < 80 && (await brightness('.monaco-editor')) < 80;
    const isLight = async () => (await brightness('body')) > 200 && (await brightness('.monaco-editor')) > 200;
    await until('it is light, like the system', isLight);
    await ann.at('settings').click();
    await ann.at('setting-theme').getByText('Dark').click();
    await until('it is dark', isDark);
    await ann.page.reload();
    await ann.online();
    await until('it is dark after a reload', isDark);
    await ann.visit(server);
    assert.ok((await brightness('body')) < 80, 'on the start page too');
    assert.equal(await ann.at('theme-toggle').getAttribute('data-theme'), 'dark');
    await ann.at('theme-toggle').click();
    assert.equal(await ann.at('theme-toggle').getAttribute('data-theme'), 'auto');
    await until('it is as the system has it', async () => (await brightness('body')) > 200);
  });

  const LONG = `${'word '.repeat(200)}\nshort\n`;
  roomTest('sets font size, line wrapping and the minimap, and keeps them', { room: { code: LONG } }, async () => {
    const fontSize = () =>
      ann.page.locator('.monaco-editor .view-line').first().evaluate((line) => getComputedStyle(line).fontSize);
    const rows = async () => (await ann.lines()).length;
    const minimap = async () => (await ann.page.locator('.monaco-editor .minimap canvas').count()) > 0
      && (await ann.page.locator('.monaco-editor .minimap').first().evaluate((map) => map.clientWidth > 0));
    const asSet = async () => (await fontSize()) === '22px' && (await rows()) > 5 && (await minimap());
    assert.equal(await fontSize(), '14px');
    assert.equal(await rows(), 3);
    assert.equal(await minimap(), false);

    await ann.at('settings').click();
    await ann.at('font-size').fill('22');
    await ann.page.getByRole('switch', { name: 'Wrap long lines' }).click();
    await ann.page.getByRole('switch', { name: 'Minimap' }).click();
    await until('all is as set', asSet);
    await ann.page.reload();
    await ann.online();
    await until('all is as set after a reload', asSet);

    await ann.at('settings').click();
    await ann.at('font-size').fill('14');
    await ann.page.getByRole('switch', { name: 'Wrap long lines' }).click();
    await ann.page.getByRole('switch', { name: 'Minimap' }).click();
    await until('all is as before', async () => (await fontSize()) === '14px' && (await rows()) === 3 && !(await minimap()));
  });

  roomTest('has Vim keys, and lets go of them', { room: { language: 'plaintext', code: 'first\nsecond\nthird' } }, async (roomId) => {
    const mode = (pattern) => until(`Vim shows ${pattern}`, async () => pattern.test(await ann.at('status-vim').innerText()));
    await ann.at('settings').click();
    await ann.page.getByRole('switch', { name: 'Vim keys' }).click();
    await mode(/NORMAL/);
    await ann.focus();
    await ann.at('font-size').waitFor({ state: 'hidden' });
    await ann.press('Control+Home', 'Escape');
    await ann.type('jdd');
    await until('a line is gone', async () => (await drawn()) === 'first\nthird');
    await ann.type('ggi');
    await mode(/INSERT/);
    await ann.type('my ');
    await ann.press('Escape');
    await mode(/NORMAL/);
    await ann.type('u');
    await until('u takes it back', async () => (await drawn()) === 'first\nthird');
    await ann.type('x');
    await until('and the server has it', async () => (await server.roomCode(roomId)) === 'irst\nthird');

    await ann.at('settings').click();
    await ann.page.getByRole('switch', { name: 'Vim keys' }).click();
    await until('Vim is gone', async () => (await ann.at('status-vim').innerText()) === '');
    await ann.focus();
    await ann.at('font-size').waitFor({ state: 'hidden' });
    await ann.press('Control+Home');
    await ann.type('dd');
    await until('keys are letters again', async () => {
      const text = await drawn();
      if (text !== 'ddirst\nthird') throw new Error(text);
      return true;
    });
  });

  roomTest('shows position, selection and the people in the status line', { room: { code: 'abc\ndef\n' } }, async () => {
    const position = (text) => until(text, async () => (await ann.at('status-position').innerText()) === text);
    await ann.focus();
    await ann.press('Control+Home', 'ArrowDown', 'ArrowRight');
    await position('Ln 2, Col 2');
    await ann.press('Shift+ArrowRight', 'Shift+ArrowRight');
    await position('Ln 2, Col 4 (2 selected)');
    assert.equal(await ann.at('status-people').innerText(), '1 person');
    assert.equal(await ann.state('status-saved'), 'saved');
  });

  roomTest('offers what the server suggests while one types', { room: { language: 'python', code: '' } }, async () => {
    const widget = ann.page.locator('.suggest-widget.visible');
    const rows = widget.locator('.monaco-list-row');
    await ann.focus();
    await ann.type('pri', 30);
    await rows.filter({ hasText: 'print' }).first().waitFor();
    await ann.press('Enter');
    await until('print is there', async () => (await drawn()) === 'print');
    await ann.type('(1)');
    await ann.press('Escape', 'Enter');

    // A snippet: one types over its first field, Tab leads to the next.
    await ann.type('for', 30);
    const snippet = rows.filter({ has: ann.page.locator('.codicon-symbol-snippet') }).filter({ hasText: 'for' });
    await snippet.first().waitFor();
    await until('it is chosen', async () => {
      if (/focused/.test(await snippet.first().getAttribute('class'))) return true;
      await ann.press('ArrowDown');
      return false;
    });
    await ann.press('Enter');
    await until('the snippet is there', async () => (await drawn()) === 'print(1)\nfor item in items:\n    pass');
    await ann.type('zq'); // nothing is suggested for that
    await ann.press('Tab');
    await ann.type('numbers');
    await until('its fields are filled in', async () => (await drawn()) === 'print(1)\nfor zq in numbers:\n    pass');
  });

  roomTest('does not put suggestions into strings', { room: { language: 'python', code: '' } }, async () => {
    await ann.focus();
    await ann.type('name = "pri', 30);
    await ann.saved();
    await ann.press('Enter');
    await until('Enter breaks the line', async () => (await ann.text()).includes('\n'));
    assert.doesNotMatch(await ann.text(), /print/);
  });

  // Last: it takes the server away.
  roomTest('warns when the page is left with unsaved edits, and does not when all is saved', {}, async (roomId) => {
    await ann.focus();
    await ann.type('kept ');
    await ann.saved();
    await server.kill();
    await ann.type('not yet');
    const asked = [];
    ann.page.on('dialog', (dialog) => {
      asked.push(dialog.type());
      void dialog.dismiss();
    });
    await ann.page.close({ runBeforeUnload: true });
    await until('the browser asks', () => asked.length === 1);
    assert.deepEqual(asked, ['beforeunload']);
    assert.equal(ann.page.isClosed(), false);
    assert.equal(await ann.text(), 'kept not yet', 'who stays has lost nothing');

    await server.spawn();
    await ann.online();
    await ann.saved();
    assert.equal(await server.roomCode(roomId), 'kept not yet');
    const closed = ann.page.waitForEvent('close');
    await ann.page.close({ runBeforeUnload: true });
    await closed;
    assert.equal(asked.length, 1);
  });
});
