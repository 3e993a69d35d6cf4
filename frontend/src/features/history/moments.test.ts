import { describe, expect, it } from 'vitest';
import type { HistoryPoint, Moment } from '../api/history';
import { compareMoments, fileLabel, fileToShow, pointText, timeText } from './moments';

function moment(files: Record<string, string>): Moment {
  return {
    seq: 1,
    files: Object.entries(files).map(([path, text]) => ({ path, text, language: '', main: false })),
  };
}

const NOON = new Date(2026, 0, 5, 12, 0, 7).getTime();
const point = (author: string): HistoryPoint => ({ seq: 1, from: NOON, at: NOON, author, updates: 1, bytes: 1 });

describe('compareMoments', () => {
  it('tells what was added, changed, removed and left alone', () => {
    const before = moment({ 'a.py': '1', 'b.py': '2', 'c.py': '3' });
    const files = compareMoments(before, moment({ 'd.py': '4', 'b.py': '2!', 'a.py': '1' }));
    expect(files.map(fileLabel)).toEqual(['a.py', 'b.py (changed)', 'c.py (deleted)', 'd.py (new)']);
    expect(files[1]).toMatchObject({ before: '2', after: '2!' });
    expect(files[2]).toMatchObject({ before: '3', after: '' });
  });

  it('has nothing to compare the first moment with', () => {
    expect(compareMoments(null, moment({ 'a.py': '1' }))[0]?.change).toBe('added');
  });
});

describe('fileToShow', () => {
  const files = compareMoments(moment({ a: '1', b: '1', c: '1' }), moment({ a: '1', b: '2', c: '2' }));

  it('goes where something happened', () => {
    expect(fileToShow(files, null)).toBe('b');
    expect(fileToShow(files, 'a')).toBe('b');
  });

  it('stays with what is looked at while something happens there, or nowhere', () => {
    expect(fileToShow(files, 'c')).toBe('c');
    const quiet = compareMoments(moment({ a: '1', b: '1' }), moment({ a: '1', b: '1' }));
    expect(fileToShow(quiet, 'b')).toBe('b');
    expect(fileToShow(quiet, 'gone')).toBe('a');
    expect(fileToShow([], 'gone')).toBe(null);
  });
});

describe('texts', () => {
  it('name the author, the time and the place in the row', () => {
    expect(pointText([point('Ann'), point('')], 0, NOON)).toMatch(/^Ann, .*00.*07.*, 1 of 2$/);
    expect(pointText([point('Ann'), point('')], 1, NOON)).toMatch(/^Somebody, /);
    expect(pointText([], 0, NOON)).toBe('');
  });

  it('name the day where it is another', () => {
    expect(timeText(NOON, NOON)).not.toMatch(/2026/);
    expect(timeText(NOON, NOON + 86_400_000)).toMatch(/2026/);
  });
});
