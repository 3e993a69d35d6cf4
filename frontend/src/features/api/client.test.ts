import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Identity } from '../identity/identity';
import { ApiError, createRoom, deleteRoom, detailText, headerText } from './client';
import { suggestionsOf } from './complete';

const WHO: Identity = {
  name: 'Zoë 100%',
  mail: '',
  anonymousMail: '00112233445566778899aabb@anonymous.invalid',
  color: '#0f766e',
};

function answer(status: number, body: string) {
  const fetchMock = vi.fn<typeof fetch>(async () => new Response(body || null, { status }));
  vi.stubGlobal('fetch', fetchMock);
  return fetchMock;
}

afterEach(() => vi.unstubAllGlobals());

describe('headerText', () => {
  it('leaves plain ASCII alone', () => {
    expect(headerText('Ada Lovelace <a+b@c.org>')).toBe('Ada Lovelace <a+b@c.org>');
  });

  it('percent-encodes what a header cannot hold, and the percent sign', () => {
    expect(headerText('Zoë 100%')).toBe('Zo%C3%AB 100%25');
    expect(headerText('李😀')).toBe('%E6%9D%8E%F0%9F%98%80');
    expect(headerText('a\r\nb')).toBe('a%0D%0Ab');
  });

  it('survives half a surrogate pair', () => {
    expect(headerText('\ud83d')).toBe('%EF%BF%BD');
  });
});

describe('createRoom', () => {
  it('sends who asks in headers and the room as JSON', async () => {
    const fetchMock = answer(201, JSON.stringify({ room_id: 'x', name: 'n', language: 'c' }));
    const room = await createRoom(WHO, { name: 'n', language: 'c', code: '' });
    expect(room.room_id).toBe('x');
    const [url, init] = fetchMock.mock.calls[0] ?? [];
    expect(url).toBe('/api/v1/rooms');
    expect(init?.headers).toMatchObject({
      'x-username': 'Zo%C3%AB 100%25',
      'x-usermail': WHO.anonymousMail,
    });
    expect(init?.body).toBe('{"name":"n","language":"c","code":""}');
  });

  it('refuses an answer that is no room', async () => {
    answer(200, '[]');
    await expect(createRoom(WHO, {})).rejects.toThrow(/without a room/);
  });

  it('says the server’s detail', async () => {
    answer(422, '{"detail":[{"loc":["body","name"],"msg":"is too long","type":"value"}]}');
    await expect(createRoom(WHO, {})).rejects.toThrow('name: is too long');
  });
});

describe('deleteRoom', () => {
  it('carries status and detail of a refusal', async () => {
    answer(403, '{"detail":"Only the creator may delete a room."}');
    const error: unknown = await deleteRoom(WHO, 'x').catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 403, message: 'Only the creator may delete a room.' });
  });

  it('says so when there is no server', async () => {
    vi.stubGlobal('fetch', vi.fn().mockRejectedValue(new TypeError('failed')));
    await expect(deleteRoom(WHO, 'x')).rejects.toThrow(/cannot be reached/);
  });

  it('has words for an answer without a detail', async () => {
    answer(502, '<html>');
    await expect(deleteRoom(WHO, 'x')).rejects.toThrow('The server answered 502.');
  });
});

describe('detailText', () => {
  it('reads strings and lists, and nothing else', () => {
    expect(detailText('no')).toBe('no');
    expect(detailText([{ loc: ['header', 'x-username'], msg: 'missing' }, { msg: 'b' }, 4])).toBe(
      'x-username: missing b',
    );
    expect(detailText({})).toBe('');
  });
});

describe('suggestionsOf', () => {
  it('fills in what is missing and drops what has no label', () => {
    expect(
      suggestionsOf({ suggestions: [{ label: 'print', kind: 'odd' }, { kind: 'text' }, null] }),
    ).toEqual([{ label: 'print', kind: 'text', insertText: 'print', detail: '' }]);
    expect(suggestionsOf(null)).toEqual([]);
    expect(suggestionsOf({ suggestions: 'x' })).toEqual([]);
  });
});
