// SPDX-License-Identifier: MIT
// Two people in one room, in real browsers.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Person, launch } from './lib/browser.mjs';
import { YjsClient, random } from './lib/clients.mjs';
import { Server } from './lib/server.mjs';
import { until } from './lib/until.mjs';

describe('two people in a room', () => {
  let server, browser, ann, bob;
  before(async () => {
    server = await Server.start();
    browser = await launch();
    [ann, bob] = await Promise.all(['Ann', 'Bob'].map((name) => Person.arrive(browser, name)));
    await Promise.all([ann.known(server), bob.known(server)]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** A test in a new room with both in it, whose pages must have had no trouble in the end. */
  function pairTest(name, { code = '', language = 'plaintext', files = {} }, body) {
    test(name, async () => {
      ann.problems.length = 0;
      bob.problems.length = 0;
      const roomId = await server.createRoom({ name: 'Pair', language, code });
      for (const [path, text] of Object.entries(files)) {
        await server.api('PUT', `/api/v1/rooms/${roomId}/files/${path}`, { body: text });
      }
      await Promise.all([ann.enter(server, roomId), bob.enter(server, roomId)]);
      await body(roomId);
      assert.deepEqual(ann.problems, []);
      assert.deepEqual(bob.problems, []);
    });
  }

  const drawn = async (person) => (await person.lines()).join('\n');
  const draws = (person, text) => until(`${person.name} sees ${JSON.stringify(text)}`, async () => (await drawn(person)) === text);
  const bothDraw = (text) => Promise.all([draws(ann, text), draws(bob, text)]);
  const hasCode = (roomId, text) => until('the server has it', async () => (await server.roomCode(roomId)) === text);
  const carets = (person) => person.page.locator('.yoke-caret');
  const labels = (person) => person.page.locator('.yoke-name:visible');
  const positionOf = (person) => person.at('status-position').innerText();

  async function caretAt(person, line, column) {
    await person.focus();
    await person.press('Control+Home', ...Array(line - 1).fill('ArrowDown'), ...Array(column - 1).fill('ArrowRight'));
    await until('the caret is there', async () => (await positionOf(person)) === `Ln ${line}, Col ${column}`);
  }

  pairTest('see each other’s name and colour, and that somebody left', {}, async (roomId) => {
    for (const [person, color] of [[ann, '#1d4ed8'], [bob, '#be185d']]) {
      await person.page.evaluate((chosen) => {
        const kept = JSON.parse(localStorage.getItem('yoke.identity'));
        localStorage.setItem('yoke.identity', JSON.stringify({ ...kept, color: chosen }));
      }, color);
      await person.enter(server, roomId);
    }
    const bobsFace = ann.page.locator('[data-testid="person"][data-name="Bob"]');
    await bobsFace.waitFor();
    await until('in his colour', () =>
      bobsFace.locator('[data-initials="B"]').evaluate((face) => getComputedStyle(face).backgroundColor === 'rgb(190, 24, 93)'),
    );
    await until('both are counted', async () => (await ann.at('status-people').innerText()) === '2 people');
    await ann.at('people-list-button').click();
    await until('the list names both', async () => {
      const rows = await ann.at('person-row').allInnerTexts();
      return /Ann \(you\)/.test(rows[0]) && /Bob[\s\S]*in main\.txt/.test(rows[1]);
    });
    await ann.press('Escape');
    await bob.visit(server);
    await until('he is gone', async () => {
      const people = await ann.at('status-people').innerText();
      if (people !== '1 person') throw new Error(`${people} ${await ann.at('people').innerHTML()}`);
      return true;
    });
    assert.equal(await bobsFace.count(), 0);
  });

  pairTest('are gone at once when they leave the page, and back when the browser brings it back', {}, async () => {
    const people = (text) => until(`Ann counts ${text}`, async () => (await ann.at('status-people').innerText()) === text);
    const say = (event) => bob.page.evaluate((name) => dispatchEvent(new PageTransitionEvent(name, { persisted: true })), event);
    await people('2 people');
    await say('pagehide');
    await people('1 person');
    await say('pageshow');
    await people('2 people');
    await bob.online();
    await bob.focus();
    await bob.type('back');
    await bothDraw('back');
  });

  const FILES = { code: 'one\ntwo\nthree\n', files: { 'other.txt': 'elsewhere\n' } };
  pairTest('see the other’s caret and selection with a name, in the file where they are and in no other', FILES, async () => {
    await caretAt(bob, 2, 3);
    await labels(ann).filter({ hasText: 'Bob' }).waitFor();
    assert.equal(await carets(ann).count(), 1);
    const lineOf = async (mark) => {
      const line = ann.page.locator('.view-line', { hasText: 'two' }).first();
      const [a, b] = await Promise.all([mark.boundingBox(), line.boundingBox()]);
      return a !== null && b !== null && Math.abs(a.y + a.height / 2 - (b.y + b.height / 2)) < b.height / 2;
    };
    await until('it stands in the line where he is', () => lineOf(carets(ann).first()));

    await bob.press('Shift+ArrowLeft', 'Shift+ArrowLeft');
    const selection = ann.page.locator('.yoke-selection');
    await selection.first().waitFor();
    await until('it is in that line', () => lineOf(selection.first()));
    await until('two letters wide', async () => {
      const letter = (await ann.page.locator('.view-line', { hasText: 'two' }).first().locator('span span', { hasText: 'two' }).boundingBox()).width / 3;
      return Math.abs((await selection.first().boundingBox()).width - 2 * letter) < letter / 2;
    });
    await labels(ann).first().waitFor({ state: 'hidden' }); // The name fades; the caret stays.
    assert.equal(await carets(ann).count(), 1);

    await bob.open('other.txt');
    await until('it is not here any more', async () => (await carets(ann).count()) === 0);
    assert.equal(await selection.count(), 0);
    await ann.open('other.txt');
    await until('but there', async () => (await carets(ann).count()) === 1);
    await ann.open('main.txt');
    await until('and not here', async () => (await carets(ann).count()) === 0);
    assert.match(await ann.file('other.txt').getAttribute('aria-label'), /Bob/);
  });

  const LONG = { code: Array.from({ length: 300 }, (_, i) => `line ${i + 1}`).join('\n'), files: { 'other.txt': 'elsewhere\n' } };
  pairTest('follow each other across files and lines, until one types', LONG, async () => {
    const shows = (text) => until(`Ann sees ${text}`, async () => (await ann.lines()).includes(text));
    await bob.open('other.txt');
    await ann.page.locator('[data-testid="person"][data-name="Bob"]').click();
    await ann.at('follow-banner').getByText('Bob').waitFor();
    await until('nothing covers the way to stop', async () => !(await ann.page.getByRole('tooltip').isVisible()));
    await ann.shows('other.txt');
    await bob.open('main.txt');
    await ann.shows('main.txt');
    await bob.focus();
    await bob.press('Control+End');
    await shows('line 300');
    await bob.press('Control+Home');
    await shows('line 1');

    await ann.focus();
    await ann.type('x');
    await ann.at('follow-banner').waitFor({ state: 'hidden' });
    await bob.press('Control+End');
    await until('Bob is there', async () => (await positionOf(bob)) === 'Ln 300, Col 9');
    await bob.type('!');
    await until('Ann has it', async () => (await ann.text()).endsWith('line 300!'));
    assert.equal((await ann.lines()).includes('line 300!'), false, 'she stays where she is');
  });

  /** Undo goes in steps of half a second of typing: to the end of them, however many those were, and no step beyond. */
  async function pressToTheEnd(person, key, text) {
    await until(`${person.name} sees ${JSON.stringify(text)} after ${key}`, async () => {
      if ((await drawn(person)) === text) return true;
      await person.press(key);
      return false;
    });
    await person.press(key, key);
    await person.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    assert.equal(await drawn(person), text);
    await bothDraw(text);
  }

  pairTest('undo takes back my own edits alone, even inside the other’s', {}, async (roomId) => {
    await ann.focus();
    await ann.type('the quick fox');
    await bothDraw('the quick fox');
    await caretAt(bob, 1, 7); // inside “quick”
    await bob.type('-B-');
    await bothDraw('the qu-B-ick fox');
    await ann.type(' ran');
    await bothDraw('the qu-B-ick fox ran');

    await pressToTheEnd(ann, 'Control+z', '-B-');
    await pressToTheEnd(ann, 'Control+y', 'the qu-B-ick fox ran');
    await pressToTheEnd(bob, 'Control+z', 'the quick fox ran');
    await pressToTheEnd(bob, 'Control+Shift+z', 'the qu-B-ick fox ran');
    await hasCode(roomId, 'the qu-B-ick fox ran');
  });

  pairTest('paste text with CRLF or CR and get LF everywhere', {}, async (roomId) => {
    await ann.focus();
    await ann.paste('a\r\nb\rc\nd\r\n');
    await hasCode(roomId, 'a\nb\nc\nd\n');
    await until('Bob has it', async () => (await bob.text()) === 'a\nb\nc\nd\n');
    assert.equal(await ann.text(), 'a\nb\nc\nd\n');
    await caretAt(bob, 5, 1);
    await bob.type('e');
    await bob.press('Enter');
    await hasCode(roomId, 'a\nb\nc\nd\ne\n');
  });

  pairTest('type and delete emoji, and no half of one is left anywhere', {}, async (roomId) => {
    await ann.focus();
    await ann.page.keyboard.insertText('a🦀b👩‍👩‍👧c𝒳');
    await bothDraw('a🦀b👩‍👩‍👧c𝒳');
    await ann.press('Backspace');
    await bothDraw('a🦀b👩‍👩‍👧c');
    await ann.press('ArrowLeft', 'Backspace');
    await until('no half is left', async () => {
      const [left, right, code] = [await drawn(ann), await drawn(bob), await server.roomCode(roomId)];
      return left === right && right === code && code.isWellFormed() && !code.includes('\ufffd') && code.startsWith('a🦀b') && code.endsWith('c');
    });
    await bob.focus();
    await bob.press('Control+Home', 'ArrowRight', 'ArrowRight', 'Backspace');
    await until('the crab is whole gone', async () => (await server.roomCode(roomId)).startsWith('ab'));
    // Both at once, beside each other's.
    await ann.press('Home');
    await bob.press('Home');
    await Promise.all([ann.page.keyboard.insertText('😀😁'), bob.page.keyboard.insertText('🐧🐧')]);
    await until('all four are whole', async () => {
      const code = await server.roomCode(roomId);
      return ['😀😁', '🐧🐧'].every((pair) => code.includes(pair)) && !code.includes('\ufffd') && (await drawn(ann)) === code && (await drawn(bob)) === code;
    });
  });

  pairTest('compose with an input method while the other types, untorn', { code: 'x' }, async (roomId) => {
    await caretAt(ann, 1, 2);
    await caretAt(bob, 1, 1);
    const cdp = await ann.context.newCDPSession(ann.page);
    const compose = (text) => cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    await compose('k');
    await bob.type('bob ');
    await compose('ka');
    await bob.type('was ');
    await compose('か');
    await compose('かん');
    await bob.type('here ');
    await cdp.send('Input.insertText', { text: '漢字' });
    await bothDraw('bob was here x漢字');
    await hasCode(roomId, 'bob was here x漢字');
    await ann.type('!');
    await bothDraw('bob was here x漢字!');

    // Given up: nothing of it stays.
    await compose('に');
    await bob.type('and ');
    await compose('');
    await bothDraw('bob was here and x漢字!');
    await hasCode(roomId, 'bob was here and x漢字!');
    await cdp.detach();
  });

  pairTest('a megabyte pasted arrives whole, and the page stays at hand', { language: 'python' }, async (roomId) => {
    const rng = random(11);
    let text = '';
    while (text.length < 1_048_576) text += `${'    '.repeat(rng.int(4))}value_${rng.int(1e6)} = compute("${rng.int(1e9)}", ünïcode)\n`;
    await ann.focus();
    await ann.page.evaluate(() => {
      globalThis.longest = 0;
      let last = performance.now();
      const beat = () => {
        const now = performance.now();
        globalThis.longest = Math.max(globalThis.longest, now - last);
        last = now;
        setTimeout(beat, 5);
      };
      beat();
    });
    const started = Date.now();
    await ann.paste(text);
    await ann.type('# typed right after');
    const expected = `${text}# typed right after`;
    await hasCode(roomId, expected);
    const took = Date.now() - started;
    await ann.saved();
    await until('Bob has it', async () => (await bob.text()) === expected, 30_000);
    assert.equal(await ann.text(), expected);
    const longest = await ann.page.evaluate(() => globalThis.longest);
    console.log(`# paste to REST ${took} ms, longest block of the page ${Math.round(longest)} ms`);
    assert.ok(longest < 2000, `the page stood still for ${Math.round(longest)} ms`);
    await bob.focus();
    await bob.press('Control+Home');
    await bob.type('# Bob ');
    await hasCode(roomId, `# Bob ${expected}`);
  });

  pairTest('a name or colour made to harm stays text', { code: 'one\n' }, async (roomId) => {
    const before = await ann.page.evaluate(() => getComputedStyle(document.body).display);
    const mallory = new YjsClient(server, roomId);
    try {
      await mallory.synced();
      const file = mallory.doc.getMap('meta').get('main');
      const name = '<img src=x onerror="document.title=\'owned\'">';
      mallory.provider.awareness.setLocalState({
        user: { name, color: 'red;} body{display:none} .x{' },
        at: { file, sel: [{ anchor: { tname: 'evil', assoc: 0 }, head: '</style><script>1</script>' }] },
      });
      await until('she is shown', async () => (await ann.at('status-people').innerText()) === '3 people');
      await ann.at('people-list-button').click();
      await ann.at('person-row').filter({ hasText: '<img src=x' }).waitFor();
      const { createRelativePositionFromTypeIndex, relativePositionToJSON } = await import('yjs');
      const at = relativePositionToJSON(createRelativePositionFromTypeIndex(mallory.text(), 1));
      mallory.provider.awareness.setLocalState({
        user: { name, color: 'url(https://evil.example/)' },
        at: { file, sel: [{ anchor: at, head: at }] },
      });
      await labels(bob).filter({ hasText: '<img src=x' }).waitFor();
      for (const user of [null, 7, [], { name: { a: 1 }, color: 9 }, { name: '\u202e\u0000'.repeat(300), color: '#FFFFFF00' }]) {
        mallory.provider.awareness.setLocalState({ user, at: user, following: 'x', idle: 'y' });
      }
      await until('her last name came', async () => (await ann.at('person-row').count()) === 3);
      for (const person of [ann, bob]) {
        const found = await person.page.evaluate(() => ({
          images: document.querySelectorAll('img').length,
          title: document.title,
          display: getComputedStyle(document.body).display,
          styles: [...document.styleSheets].some((sheet) =>
            [...sheet.cssRules].some((rule) => rule.selectorText === 'body' && rule.style.display === 'none'),
          ),
        }));
        assert.equal(found.images, 0);
        assert.notEqual(found.title, 'owned');
        assert.equal(found.display, before);
        assert.equal(found.styles, false);
      }
      await ann.focus();
      await ann.type('still works ');
      await until('Bob sees it', async () => (await drawn(bob)).includes('still works'));
    } finally {
      mallory.destroy();
    }
  });

  pairTest('see a new title, and so does the API', {}, async (roomId) => {
    await ann.at('room-title').fill('  Better name 🌱 ');
    await ann.press('Enter');
    await until('Bob sees it', async () => (await bob.at('room-title').inputValue()) === 'Better name 🌱');
    await until('the API too', async () => (await server.api('GET', `/api/v1/rooms/${roomId}`)).json.name === 'Better name 🌱');
    await until('the window too', async () => /Better name 🌱/.test(await bob.page.title()));
    await bob.at('room-title').fill('Never mind');
    await bob.press('Escape');
    assert.equal(await bob.at('room-title').inputValue(), 'Better name 🌱');
    assert.equal(await ann.at('room-title').inputValue(), 'Better name 🌱');
  });

  pairTest('who has a file open that the other deletes is told so by its tab closing', { files: { 'gone.txt': 'x' } }, async () => {
    await Promise.all([ann.open('gone.txt'), bob.open('gone.txt')]);
    await ann.file('gone.txt').focus();
    await ann.press('Delete');
    await ann.at('confirm-delete').click();
    await until('Bob’s tab is closed', async () => (await bob.tab('gone.txt').count()) === 0);
    await bob.shows('main.txt');
  });

  test('the other is told when the room is deleted, and keeps the text', async () => {
    await ann.visit(server);
    await ann.at('room-name').fill('Doomed');
    await ann.page.getByText('Plain text', { exact: true }).click();
    await ann.at('create-room').click();
    await ann.page.waitForURL('**/rooms/*');
    await ann.online();
    const roomId = ann.page.url().split('/').pop();
    await bob.enter(server, roomId);
    await bob.focus();
    await bob.type('worth keeping');
    await bob.saved();
    await ann.at('room-menu').click();
    await ann.at('delete-room').click();
    await ann.page.getByText('will be gone for everyone, for good').waitFor();
    await ann.at('confirm-delete-room').click();
    await ann.page.waitForURL(`${server.url}/`);
    assert.equal(await ann.page.getByText('Doomed').count(), 0, 'it is not among her recent rooms');

    await bob.at('refused').getByRole('heading', { name: 'This room was deleted' }).waitFor();
    const { name, bytes } = await bob.download(() => bob.at('refused-download').click());
    assert.equal(name, 'Doomed.zip');
    const { unzipSync, strFromU8 } = await import('../frontend/node_modules/fflate/esm/index.mjs');
    assert.equal(strFromU8(unzipSync(bytes)['main.txt']), 'worth keeping');
    assert.equal((await server.api('GET', `/api/v1/rooms/${roomId}`)).status, 404);
  });
});
