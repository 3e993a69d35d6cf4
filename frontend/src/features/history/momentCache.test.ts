import { describe, expect, it } from 'vitest';
import type { Moment } from '../api/history';
import { MOMENTS_KEPT, MomentCache } from './momentCache';

function cacheThatCounts(fails: () => boolean = () => false) {
  const asked: number[] = [];
  const cache = new MomentCache((seq) => {
    asked.push(seq);
    return fails() ? Promise.reject(new Error('away')) : Promise.resolve<Moment>({ seq, files: [] });
  });
  return { cache, asked };
}

describe('MomentCache', () => {
  it('asks once for a moment', async () => {
    const { cache, asked } = cacheThatCounts();
    expect((await cache.get(1)).seq).toBe(1);
    await cache.get(1);
    expect(asked).toEqual([1]);
  });

  it('lets go of those that were not looked at for longest', async () => {
    const { cache, asked } = cacheThatCounts();
    for (let seq = 1; seq <= MOMENTS_KEPT; seq++) await cache.get(seq);
    await cache.get(1);
    await cache.get(MOMENTS_KEPT + 1);
    asked.length = 0;
    await cache.get(1);
    await cache.get(2);
    expect(asked).toEqual([2]);
  });

  it('asks again for what failed', async () => {
    let failing = true;
    const { cache, asked } = cacheThatCounts(() => failing);
    await expect(cache.get(7)).rejects.toThrow('away');
    failing = false;
    await cache.get(7);
    expect(asked).toEqual([7, 7]);
  });
});
