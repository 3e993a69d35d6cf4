// SPDX-License-Identifier: MIT
// Real Chromium: one browser, a context of its own for each person.
import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { until } from './until.mjs';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
}

/** A person with a page of their own. */
export class Person {
  /**
   * @param options.origin where this person reaches the server; default its own address
   * @param options.bypassCSP lets a test bring its own script into the page
   */
  static async arrive(
    browser,
    name,
    { viewport = { width: 1280, height: 800 }, dark = false, origin, bypassCSP = false } = {},
  ) {
    const person = new Person();
    person.name = name;
    person.origin = origin;
    person.context = await browser.newContext({
      viewport,
      bypassCSP,
      acceptDownloads: true,
      colorScheme: dark ? 'dark' : 'light',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    // Nothing may sync behind the server's back.
    await person.context.addInitScript(() => {
      delete globalThis.BroadcastChannel;
    });
    person.page = await person.context.newPage();
    person.problems = [];
    person.requested = [];
    person.page.on('request', (request) => person.requested.push(request.url()));
    person.page.on('websocket', (socket) => person.requested.push(socket.url()));
    person.page.on('pageerror', (error) => person.problems.push(error.stack ?? String(error)));
    person.page.on('console', (message) => {
      const text = message.text();
      const network = /WebSocket|ERR_|Failed to load resource|net::/.test(text);
      if (message.type() === 'error' && !network) person.problems.push(text);
    });
    return person;
  }

  at(testId) {
    return this.page.getByTestId(testId);
  }

  /** Opens the room, answering the question for a name as a new visitor does. */
  async enter(server, roomId) {
    await this.page.goto(`${this.origin ?? server.url}/rooms/${roomId}`);
    const asked = this.at('name-input');
    await asked.or(this.at('editor')).first().waitFor();
    if (await asked.isVisible()) {
      await asked.fill(this.name);
      await this.at('name-save').click();
    }
    await this.online();
    await this.page.locator('.monaco-editor .view-line').first().waitFor();
    return this;
  }

  state(testId) {
    return this.at(testId).getAttribute('data-state');
  }

  online() {
    return until(`${this.name} is online`, async () => (await this.state('status-connection')) === 'online', 30_000);
  }

  saved() {
    return until(`${this.name}’s edits are saved`, async () => (await this.state('status-saved')) === 'saved', 30_000);
  }

  async focus() {
    await this.page.locator('.monaco-editor .view-lines').first().click();
  }

  press(...keys) {
    return keys.reduce((before, key) => before.then(() => this.page.keyboard.press(key)), Promise.resolve());
  }

  type(text, delay = 0) {
    return this.page.keyboard.type(text, { delay });
  }

  /** The name that `visit` and `enter` ask for, known beforehand. */
  async known(server) {
    const origin = this.origin ?? server.url;
    await this.page.goto(`${origin}/favicon.svg`);
    await this.page.evaluate((name) => localStorage.setItem('yoke.identity', JSON.stringify({ name })), this.name);
    return this;
  }

  /** The start page. */
  async visit(server) {
    await this.page.goto(`${this.origin ?? server.url}/`);
    await this.at('create-room').waitFor();
    return this;
  }

  /** Opens a file of the tree. */
  async open(path) {
    await this.file(path).click();
    await this.shows(path);
  }

  file(path) {
    return this.page.locator(`[data-testid="tree-file"][data-path="${path}"]`);
  }

  tab(path) {
    return this.page.locator(`[data-testid="tab"][data-path="${path}"]`);
  }

  /** The tab of `path` is the current one, and the editor shows that file. */
  async shows(path) {
    await until(
      `${this.name} sees ${path}`,
      async () =>
        (await this.tab(path).getAttribute('aria-current')) === 'true' &&
        (await this.at('editor').getAttribute('data-ready')) === 'true',
    );
  }

  /** Makes a file by the button above the tree; it opens at once. */
  async newFile(path) {
    await this.at('new-file').click();
    await this.at('file-path').fill(path);
    await this.at('file-path-save').click();
    await this.shows(path);
  }

  /** The lines that the editor draws, top to bottom. */
  lines() {
    return this.page.locator('.monaco-editor .view-lines').first().evaluate((lines) =>
      [...lines.querySelectorAll('.view-line')]
        .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
        .map((line) => line.textContent.replaceAll('\u00a0', ' ').replaceAll('\u200b', '')),
    );
  }

  /** Through the real clipboard. */
  async paste(text) {
    await this.page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await this.press('Control+v');
  }

  /** What the page offers for download after `act`: `{ name, bytes }`. */
  async download(act) {
    const [download] = await Promise.all([this.page.waitForEvent('download'), act()]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  }

  /** The open file's whole text, as the page has it: by its download button. */
  async text() {
    const [download] = await Promise.all([this.page.waitForEvent('download'), this.at('download-file').click()]);
    return readFile(await download.path(), 'utf8');
  }

  async leave() {
    await this.context.close();
  }
}
