import { afterEach, expect, test } from 'vitest';
import { CODE_MAX, codeAround } from './codeAround';
import { inkOn, PeerStyles } from './peerStyles';

afterEach(() => document.head.replaceChildren());

test('a short file is sent whole', () => {
  expect(codeAround('abc', 2)).toEqual({ code: 'abc', offset: 2 });
});

test('of a long file what is around the caret is sent, and the caret is where it was', () => {
  const line = 'let value = 1;\n';
  const long = line.repeat(80_000);
  for (const offset of [0, 5, 300_000, 600_007, long.length]) {
    const around = codeAround(long, offset);
    expect(around.code.length).toBeLessThanOrEqual(CODE_MAX);
    expect(around.code.slice(0, around.offset).slice(-20)).toBe(long.slice(0, offset).slice(-20));
    expect(around.code.slice(around.offset, around.offset + 20)).toBe(long.slice(offset, offset + 20));
    expect(around.code.startsWith('let')).toBe(true);
  }
  const oneLine = 'x'.repeat(900_000);
  expect(codeAround(oneLine, 800_000).offset).toBe(250_000);
});

test('only checked colours get into the style sheet', () => {
  const styles = new PeerStyles();
  styles.use(7, '#aabbcc');
  styles.use(8, 'red;}*{display:none');
  styles.use(9, '#AABBCC"');
  const rules = (): string[] =>
    [...(document.querySelector('style')?.sheet?.cssRules ?? [])].map((rule) => rule.cssText);
  expect(rules()).toHaveLength(1);
  expect(rules()[0]).toContain('.yoke-peer-7');
  styles.use(7, '#112233');
  expect(rules()).toHaveLength(1);
  expect(rules()[0]).toContain('#112233');
  styles.keepOnly(new Set());
  expect(rules()).toEqual([]);
  styles.dispose();
  expect(document.querySelector('style')).toBeNull();
});

test('names are readable on every colour', () => {
  expect(inkOn('#ffff00')).toBe('#000000');
  expect(inkOn('#000080')).toBe('#ffffff');
});
