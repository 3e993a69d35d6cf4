import { describe, expect, test } from 'vitest';
import type { Person } from '../../collab/types';
import { COLORS, looksAlike } from '../identity/colors';
import { distinctColor } from './distinctColor';

const person = (clientId: number, color: string, isSelf = false): Person => ({
  clientId,
  name: `p${clientId}`,
  color,
  isSelf,
  fileId: null,
  following: null,
  idle: false,
});
const [RED, BLUE] = ['#b91c1c', '#1d4ed8'];

describe('distinctColor', () => {
  test('keeps the chosen colour where nobody else has it', () => {
    expect(distinctColor([person(5, RED, true), person(1, BLUE)], RED)).toBe(RED);
  });

  test('the one with the smaller client id keeps a colour that two have chosen', () => {
    expect(distinctColor([person(1, RED, true), person(5, RED)], RED)).toBe(RED);
    const other = distinctColor([person(5, RED, true), person(1, RED)], RED);
    expect(other).not.toBe(RED);
    expect(COLORS.some(({ value }) => value === other)).toBe(true);
  });

  test('stays with what it changed to, and goes back when the chosen one is free', () => {
    const first = distinctColor([person(5, RED, true), person(1, RED)], RED);
    expect(distinctColor([person(5, first, true), person(1, RED)], RED)).toBe(first);
    expect(distinctColor([person(5, first, true)], RED)).toBe(RED);
  });

  test('two that both change do not meet again', () => {
    const people = (self: number) => [1, 5, 9].map((id) => person(id, RED, id === self));
    let [five, nine] = [distinctColor(people(5), RED), distinctColor(people(9), RED)];
    for (let round = 0; round < 3; round++) {
      const now = (self: number) => [
        person(1, RED),
        person(5, five, self === 5),
        person(9, nine, self === 9),
      ];
      [five, nine] = [distinctColor(now(5), RED), distinctColor(now(9), RED)];
    }
    expect(new Set([RED, five, nine]).size).toBe(3);
  });

  test('counts colours that look alike as one, as long as there are enough', () => {
    const [TEAL, GREEN] = ['#0f766e', '#15803d'];
    const mine = distinctColor([person(5, GREEN, true), person(1, TEAL)], GREEN);
    expect(looksAlike(mine, TEAL)).toBe(false);
    expect(distinctColor([person(1, GREEN, true), person(5, TEAL)], GREEN)).toBe(GREEN);
    const seven: Person[] = [];
    for (let id = 1; id <= 7; id++) {
      seven.push(person(id, distinctColor([...seven, person(id, TEAL, true)], TEAL)));
    }
    for (const a of seven) {
      for (const b of seven) if (a !== b) expect(looksAlike(a.color, b.color)).toBe(false);
    }
  });

  test('with more people than colours somebody shares one', () => {
    const others = COLORS.map(({ value }, i) => person(i, value));
    expect(distinctColor([person(99, RED, true), ...others], RED)).toBe(RED);
  });
});
