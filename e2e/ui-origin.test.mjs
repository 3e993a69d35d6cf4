// SPDX-License-Identifier: MIT
// What the pages load and what the server lets them: nothing from elsewhere.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Person, launch } from './lib/browser.mjs';
import { Server } from './lib/server.mjs';
import { until } from './lib/until.mjs';

describe('the pages keep to their own server', () => {
  let server, browser, ann;
  before(async () => {
    server = await Server.start();
    browser = await launch();
    ann = await Person.arrive(browser, 'Ann');
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const foreign = () =>
    ann.requested.filter((url) => !/^(data|blob):/.test(url) && new URL(url).host !== `127.0.0.1:${server.port}`);

  test('home and room load everything from there, under their content security policy', async () => {
    await ann.known(server);
    for (const path of ['/', '/rooms/AAAAAAAAAAAAAAAAAAAAAA']) {
      const policy = (await server.api('GET', path)).headers.get('content-security-policy');
      assert.match(policy, /default-src 'self'/);
      assert.match(policy, /script-src 'self'(;|$)/, 'no inline script, no eval');
      assert.match(policy, /frame-ancestors 'none'/);
    }
    await ann.page.evaluate(() => {
      globalThis.addEventListener('securitypolicyviolation', (event) => console.error('CSP', event.blockedURI));
    });
    await ann.visit(server);
    // Languages with a worker of their own, and the parts that are fetched when first needed.
    const roomId = await server.createRoom({ language: 'typescript', code: 'const answer: number = "42";\n' });
    for (const [file, text] of [['a.json', '{"a": 1,}'], ['a.css', 'a { color: red }'], ['a.html', '<p>1'], ['a.md', '# 1']]) {
      await server.api('PUT', `/api/v1/rooms/${roomId}/files/${file}`, { body: text });
    }
    await ann.enter(server, roomId);
    for (const file of ['a.json', 'a.css', 'a.html', 'a.md', 'main.ts']) await ann.open(file);
    await ann.focus();
    await ann.press('Control+End');
    await ann.type('let broken = ;');
    await ann.page.locator('.squiggly-error').first().waitFor(); // its worker works
    await ann.press('F1');
    await ann.page.getByPlaceholder(/Type .*command/i).or(ann.page.locator('.quick-input-widget input').first()).first().waitFor();
    await ann.press('Escape');
    await ann.at('settings').click();
    await ann.page.getByRole('switch', { name: 'Vim keys' }).click();
    await until('Vim is there', async () => /NORMAL/.test(await ann.at('status-vim').innerText()));
    assert.ok(ann.requested.length > 10, 'requests are seen');
    assert.deepEqual(foreign(), []);
    assert.deepEqual(ann.problems, []);
  });

  test('the policy is in force: an inline script does not run, nothing is fetched from elsewhere', async () => {
    await ann.visit(server);
    const { ran, fetched } = await ann.page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.ran = true';
      document.body.append(script);
      const fetched = await fetch('http://localhost:1/x').then(() => 'yes', (error) => String(error));
      return { ran: globalThis.ran === true, fetched };
    });
    assert.equal(ran, false);
    assert.match(fetched, /TypeError/);
    assert.ok(ann.problems.some((text) => /Content Security Policy/.test(text)));
    ann.problems.length = 0;
    ann.requested.length = 0;
  });

  test('/docs shows every route in Swagger UI', async () => {
    const response = await ann.page.goto(`${server.url}/docs`);
    assert.ok(response.headers()['content-security-policy'], 'it has a policy too');
    await ann.page.locator('.swagger-ui .opblock').first().waitFor();
    const described = (await server.api('GET', '/openapi.json')).json;
    assert.match(described.openapi, /^3\.1/);
    const wanted = Object.entries(described.paths).flatMap(([path, item]) =>
      Object.keys(item).filter((key) => /^(get|put|post|patch|delete)$/.test(key)).map((method) => `${method.toUpperCase()} ${path}`),
    );
    for (const route of [
      'POST /api/v1/rooms', 'GET /api/v1/rooms', 'GET /api/v1/rooms/{room_id}', 'PATCH /api/v1/rooms/{room_id}',
      'DELETE /api/v1/rooms/{room_id}', 'GET /api/v1/rooms/{room_id}/files', 'GET /api/v1/rooms/{room_id}/files/{path}',
      'PUT /api/v1/rooms/{room_id}/files/{path}', 'DELETE /api/v1/rooms/{room_id}/files/{path}', 'POST /api/v1/autocomplete',
      'GET /api/v1/liveness', 'GET /api/v1/health', 'GET /metrics',
    ]) assert.ok(wanted.includes(route), `${route} is described`);
    const shown = await ann.page.locator('.opblock-summary').evaluateAll((list) =>
      list.map((one) => `${one.querySelector('.opblock-summary-method').textContent} ${one.querySelector('.opblock-summary-path').dataset.path}`),
    );
    assert.deepEqual(shown.sort(), wanted.sort());

    // And one can be tried there.
    await ann.page.locator('.opblock', { has: ann.page.locator('[data-path="/api/v1/liveness"]') }).locator('.opblock-summary-control').click();
    await ann.page.getByRole('button', { name: 'Try it out' }).click();
    await ann.page.getByRole('button', { name: 'Execute' }).click();
    await ann.page.locator('.live-responses-table .response-col_status', { hasText: '200' }).first().waitFor();
    assert.deepEqual(foreign(), []);
    assert.deepEqual(ann.problems, []);
  });
});
