import { describe, expect, it } from 'vitest';
import { NO_TABS, closeTab, keepExisting, neighbour, openTab, tabLabels } from './tabs';

const ABC = ['a', 'b', 'c'].reduce(openTab, NO_TABS);

describe('tabs', () => {
  it('opens each file once and shows it', () => {
    expect(ABC).toEqual({ open: ['a', 'b', 'c'], active: 'c' });
    expect(openTab(ABC, 'a')).toEqual({ open: ['a', 'b', 'c'], active: 'a' });
    expect(openTab(ABC, 'c')).toBe(ABC);
  });

  it('closing the active tab shows its neighbour', () => {
    expect(closeTab(openTab(ABC, 'a'), 'a')).toEqual({ open: ['b', 'c'], active: 'b' });
    expect(closeTab(ABC, 'c')).toEqual({ open: ['a', 'b'], active: 'b' });
    expect(closeTab(ABC, 'a')).toEqual({ open: ['b', 'c'], active: 'c' });
    expect(closeTab(openTab(NO_TABS, 'a'), 'a')).toEqual(NO_TABS);
  });

  it('drops tabs of files that are gone, and changes nothing otherwise', () => {
    expect(keepExisting(ABC, (id) => id !== 'c')).toEqual({ open: ['a', 'b'], active: 'b' });
    expect(keepExisting(ABC, () => true)).toBe(ABC);
  });

  it('goes round at the ends', () => {
    expect(neighbour(ABC, 1)).toBe('a');
    expect(neighbour(ABC, -1)).toBe('b');
    expect(neighbour(NO_TABS, 1)).toBeNull();
  });

  it('shows the folder where two names are alike', () => {
    expect(tabLabels(['src/main.py', 'test/main.py', 'a/b.py'])).toEqual([
      'src/main.py',
      'test/main.py',
      'b.py',
    ]);
  });
});
