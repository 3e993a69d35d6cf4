import { describe, expect, it } from 'vitest';
import { parseJoin, roomOfPath } from './roomLink';

const ORIGIN = 'http://localhost:8000';
const ID = 'abcdEFGH0123_-xyz';

function errorOf(input: string): string {
  const target = parseJoin(input, ORIGIN);
  return 'error' in target ? target.error : '';
}

describe('parseJoin', () => {
  it.each([
    ID,
    `  ${ID}\n`,
    `${ORIGIN}/rooms/${ID}`,
    `${ORIGIN}/r/${ID}/`,
    `${ORIGIN}/rooms/${ID}?x=1#y`,
    `localhost:8000/rooms/${ID}`,
    `/rooms/${ID}`,
    `ws://localhost:8000/api/v1/ws/${ID}`,
  ])('finds the room in %j', (input) => {
    expect(parseJoin(input, ORIGIN)).toEqual({ roomId: ID });
  });

  it('asks for something when nothing was pasted', () => {
    expect(errorOf('  ')).toMatch(/Paste/);
  });

  it('says that an id is too short, or has other characters', () => {
    expect(errorOf('abc')).toMatch(/too short/);
    expect(errorOf('this is not a room id at all')).toMatch(/letters, digits/);
  });

  it('names the other server of a foreign link', () => {
    expect(errorOf(`https://example.org/rooms/${ID}`)).toContain('example.org');
  });

  it('refuses a link of this server that leads to no room', () => {
    expect(errorOf(`${ORIGIN}/docs`)).toMatch(/does not lead to a room/);
    expect(errorOf(`${ORIGIN}/rooms/short`)).toMatch(/does not lead to a room/);
  });

  it('refuses what is no link', () => {
    expect(errorOf('http://')).not.toBe('');
  });
});

describe('roomOfPath', () => {
  it('knows both forms of a room’s path', () => {
    expect(roomOfPath(`/rooms/${ID}`)).toBe(ID);
    expect(roomOfPath(`/r/${ID}/`)).toBe(ID);
  });

  it('is null elsewhere', () => {
    expect(roomOfPath('/')).toBeNull();
    expect(roomOfPath('/rooms/')).toBeNull();
    expect(roomOfPath(`/rooms/${ID}/more`)).toBeNull();
  });
});
