import { describe, expect, it } from 'vitest';
import { Latest } from './latest';

function latestThatWaits() {
  const done: number[] = [];
  const finish: Array<() => void> = [];
  const latest = new Latest<number>((value) => {
    done.push(value);
    return new Promise((resolve) => finish.push(resolve));
  });
  const settle = async () => {
    finish.shift()?.();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { latest, done, settle };
}

describe('Latest', () => {
  it('does the first at once, and of those asked for meanwhile the last', async () => {
    const { latest, done, settle } = latestThatWaits();
    for (let i = 1; i <= 100; i++) latest.ask(i);
    expect(done).toEqual([1]);
    expect(latest.outdated).toBe(true);
    await settle();
    expect(done).toEqual([1, 100]);
    expect(latest.outdated).toBe(false);
  });

  it('starts again once all was done', async () => {
    const { latest, done, settle } = latestThatWaits();
    latest.ask(1);
    await settle();
    latest.ask(2);
    await settle();
    expect(done).toEqual([1, 2]);
  });
});
