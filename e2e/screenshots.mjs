// SPDX-License-Identifier: MIT
// Makes the pictures in docs/images: `npm run screenshots` after `make build`.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Person, launch } from './lib/browser.mjs';
import { Server } from './lib/server.mjs';
import { sleep } from './lib/until.mjs';

const IMAGES = join(dirname(fileURLToPath(import.meta.url)), '..', 'docs', 'images');
const CODE = `from dataclasses import dataclass


@dataclass
class Point:
    x: float
    y: float

    def distance(self, other: "Point") -> float:
        return ((self.x - other.x) ** 2 + (self.y - other.y) ** 2) ** 0.5


def nearest(points: list[Point], to: Point) -> Point:
    return min(points, key=lambda p: p.distance(to))


if __name__ == "__main__":
    home = Point(0, 0)
    print(nearest([Point(3, 4), Point(1, 1)], home))
`;

const server = await Server.start();
const browser = await launch();
await mkdir(IMAGES, { recursive: true });
const shot = (person, name) => person.page.screenshot({ path: join(IMAGES, `${name}.png`) });

async function room(dark, viewport, name) {
  const roomId = await server.createRoom({ name: 'Nearest point', language: 'python', code: CODE });
  for (const [path, body] of [
    ['README.md', '# Nearest point\n'],
    ['tests/test_point.py', 'from main import Point\n'],
  ]) {
    await server.api('PUT', `/api/v1/rooms/${roomId}/files/${path}`, { headers: { 'content-type': 'text/plain' }, body });
  }
  const me = await Person.arrive(browser, 'Ada', { dark, viewport });
  const guests = [await Person.arrive(browser, 'Grace'), await Person.arrive(browser, 'Linus')];
  await me.enter(server, roomId);
  for (const guest of guests) await guest.enter(server, roomId);
  await guests[1].focus();
  await guests[1].press('Control+Home', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'End');
  await guests[0].focus();
  await guests[0].press('Control+End', 'ArrowUp', 'ArrowUp', 'End');
  await guests[0].press(...Array(12).fill('Shift+ArrowLeft'));
  await guests[0].press('ArrowLeft', ...Array(12).fill('Shift+ArrowRight'));
  await sleep(300);
  await me.saved();
  await shot(me, name);
  await Promise.all([me, ...guests].map((person) => person.leave()));
}

async function history(name) {
  const start = CODE.slice(0, CODE.indexOf('\n\ndef nearest'));
  const roomId = await server.createRoom({ name: 'Nearest point', language: 'python', code: start, user: 'Grace' });
  for (const [user, text] of [
    ['Linus', CODE.replace('lambda p: p.distance(to)', 'to.distance')],
    ['Ada', CODE],
  ]) {
    await server.api('PUT', `/api/v1/rooms/${roomId}/files/main.py`, { headers: { 'x-username': user }, body: text });
  }
  const me = await Person.arrive(browser, 'Ada', { viewport: WIDE });
  await me.enter(server, roomId);
  await me.at('room-menu').click();
  await me.at('menu-history').click();
  await me.page.locator('[data-testid="history-text"] .line-insert').first().waitFor();
  await me.at('history-earlier').click();
  await sleep(1500);
  await shot(me, name);
  await me.leave();
}

async function home(dark, viewport, name) {
  const me = await Person.arrive(browser, 'Ada', { dark, viewport });
  await me.page.goto(server.url);
  await me.at('create-room').first().waitFor();
  const asked = me.at('name-input');
  await sleep(300);
  if (await asked.isVisible()) {
    await asked.fill('Ada');
    await me.at('name-save').click();
  }
  await sleep(500);
  await shot(me, name);
  await me.leave();
}

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 720 };
try {
  await home(false, WIDE, 'home-light');
  await home(true, WIDE, 'home-dark');
  await history('history');
  await home(false, NARROW, 'home-narrow');
  await room(false, WIDE, 'room-light');
  await room(true, WIDE, 'room-dark');
  await room(false, NARROW, 'room-narrow');
} finally {
  await browser.close();
  await server.stop();
}
