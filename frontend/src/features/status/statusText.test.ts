import { describe, expect, it } from 'vitest';
import type { SaveStatus } from '../../collab/types';
import { comingsAndGoings, connectionChange, savedChange } from '../announce/changes';
import { offlineText, positionText, refusedText, savedText } from './statusText';

const saved = (state: SaveStatus, unsavedEdits: number) =>
  savedText({ state, unsavedEdits, since: 0 }).text;

describe('status texts', () => {
  it('says “Saved” in one state alone', () => {
    expect(saved('saved', 0)).toBe('Saved');
    expect(saved('saving', 1)).not.toBe('Saved');
    expect(saved('unsaved', 1)).not.toBe('Saved');
    expect(saved('offline', 0)).not.toBe('Saved');
    expect(saved('offline', 2)).toBe('2 edits not saved');
  });

  it('says why something is not saved, where the server knows', () => {
    const because = { state: 'unsaved', unsavedEdits: 1, since: 0, reason: 'the disk is full' } as const;
    expect(savedText(because).text).toBe('Not saved: the disk is full');
    expect(saved('unsaved', 1)).toBe('Not saved yet');
  });

  it('counts what is kept while offline', () => {
    expect(offlineText(0)).toBe('You are offline — typing goes on.');
    expect(offlineText(1)).toBe('You are offline — typing goes on, 1 edit kept here.');
  });

  it('tells a deleted room from one that never was and one that cannot be read', () => {
    const headings = [404, 4404, 503, 403, 4400, 4413, 4429].map(
      (code) => refusedText(code, false).heading,
    );
    expect(new Set(headings).size).toBe(headings.length);
    expect(refusedText(404, true).heading).not.toBe(refusedText(404, false).heading);
  });

  it('says where the caret is', () => {
    const at = { line: 3, column: 7, selected: 0, cursors: 1 };
    expect(positionText(at)).toBe('Ln 3, Col 7');
    expect(positionText({ ...at, selected: 12 })).toBe('Ln 3, Col 7 (12 selected)');
    expect(positionText({ ...at, cursors: 2 })).toBe('2 cursors');
  });
});

describe('announcements', () => {
  it('names who came and who left', () => {
    const before = new Map([
      [1, 'Ada'],
      [2, 'Bob'],
    ]);
    const after = new Map([
      [2, 'Bob'],
      [3, 'Cy'],
      [4, 'Di'],
    ]);
    expect(comingsAndGoings(before, after)).toEqual(['Cy and Di joined.', 'Ada left.']);
    expect(comingsAndGoings(after, after)).toEqual([]);
  });

  it('does not repeat a connection state', () => {
    expect(connectionChange('online', 'online')).toBeNull();
    expect(connectionChange('online', 'offline')).toMatch(/offline/);
    expect(connectionChange('offline', 'connecting')).toBeNull();
  });

  it('speaks of saving only in trouble, and when it is over', () => {
    expect(savedChange(false, 'saved')).toBeNull();
    expect(savedChange(false, 'unsaved')).not.toBeNull();
    expect(savedChange(true, 'unsaved')).toBeNull();
    expect(savedChange(true, 'saved')).not.toBeNull();
  });
});
