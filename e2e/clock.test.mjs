// SPDX-License-Identifier: MIT
// A wall clock that jumps by days between any two looks at it: what is saved, its order and all timers are as ever.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { YjsClient } from './lib/clients.mjs';
import { Server } from './lib/server.mjs';
import { sleep, until } from './lib/until.mjs';

const EDITS = 30;

test('a clock that jumps changes neither what is saved nor the order of the history', async (t) => {
  const binary = process.env.YOKE_JUMPING_BIN;
  assert.ok(binary, 'YOKE_JUMPING_BIN must name yoke-jumping of a build with tests');
  const env = { YOKE_LIMIT_COMPACT_ROWS: '8', YOKE_LIMIT_ROOM_IDLE_MS: '5000', YOKE_LOG_LEVEL: 'debug' };
  const server = await Server.start({ binary, env });
  t.after(() => server.stop());
  const roomId = await server.createRoom({ code: '' });
  const client = new YjsClient(server, roomId, { protocols: ['yoke.v1'] });
  await client.synced();
  let text = '';
  for (let i = 0; i < EDITS; i++) {
    client.text().insert(text.length, `${i} `);
    text += `${i} `;
    await client.saved();
  }
  await until('it was compacted', () => /compacted \d+ rows?/.test(server.output));
  assert.equal(client.closes.length, 0, 'nobody was closed');
  client.destroy();
  await sleep(4000);
  assert.doesNotMatch(server.output, /unloaded/, 'an empty room stays as long as it ought to');
  await until('the empty room is unloaded', () => /unloaded/.test(server.output));
  const points = (await server.api('GET', `/api/v1/rooms/${roomId}/history`)).json.points;
  const times = points.map(({ at }) => Date.parse(at));
  assert.ok(times.some((at, i) => i > 0 && at < times[i - 1]), 'the clock did go back');
  assert.ok(points.every(({ seq }, i) => i === 0 || seq > points[i - 1].seq), 'by number, not by time');
  assert.equal(points.reduce((sum, { updates }) => sum + updates, 0), EDITS + 1);
  const half = points.find(({ seq }) => seq > EDITS / 2);
  const then = (await server.api('GET', `/api/v1/rooms/${roomId}/history/${half.seq}`)).json.files[0].text;
  assert.ok(text.startsWith(then) && then.length < text.length, 'what was, is a beginning of what is');
  await server.kill();
  await server.spawn();
  assert.equal(await server.roomCode(roomId), text);
});
