/** Rules for file paths: which may be made, and how to show those that others made. */

import { wellFormed } from './text';

export const PATH_MAX_BYTES = 255;

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const CONTROL_ALL = new RegExp(CONTROL.source, 'g');
const encoder = new TextEncoder();

/** Null when `path` may be used, otherwise a sentence for people. */
export function pathProblem(path: string): string | null {
  if (path.trim() === '') return 'Give the file a name.';
  if (path !== path.trim()) return 'The name must not begin or end with a space.';
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) {
    return 'The path must be relative: leave out the leading “/” or drive letter.';
  }
  if (path.includes('\\')) return 'Use “/” between folders, not “\\”.';
  if (CONTROL.test(path)) return 'The name contains an invisible control character.';
  if (path.endsWith('/')) return 'The path ends with “/”: add a file name.';
  for (const part of path.split('/')) {
    if (part === '') return 'The path has an empty folder name (“//”).';
    if (part === '.' || part === '..') return 'The path must not contain “.” or “..” as a folder.';
  }
  if (encoder.encode(path).length > PATH_MAX_BYTES) {
    return `The path is too long: at most ${PATH_MAX_BYTES} bytes.`;
  }
  return null;
}

/** Says why `path` cannot stand beside `others`, or null. */
export function pathClash(path: string, others: Iterable<string>): string | null {
  for (const other of others) {
    if (other === path) return `There is already a file “${path}”.`;
    if (other.startsWith(`${path}/`)) return `“${path}” is already a folder.`;
    if (path.startsWith(`${other}/`)) return `“${other}” is a file, so it cannot be a folder.`;
  }
  return null;
}

/** A relative path that cannot leave the folder it is unpacked in. Never empty. */
export function safePath(path: string): string {
  const parts = wellFormed(path.slice(0, 4096))
    .replace(CONTROL_ALL, '')
    .replace(/^[a-z]:/i, '')
    .split(/[/\\]/)
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== '.' && part !== '..');
  const safe = shorten(parts.join('/'));
  return safe === '' ? 'untitled' : safe;
}

function shorten(path: string): string {
  if (encoder.encode(path).length <= PATH_MAX_BYTES) return path;
  const name = path.slice(path.lastIndexOf('/') + 1);
  let short = '';
  let bytes = 0;
  for (const char of name) {
    bytes += encoder.encode(char).length;
    if (bytes > PATH_MAX_BYTES) break;
    short += char;
  }
  return short.trim();
}

/** `src/a.py`, 2 → `src/a (2).py`. */
function withSuffix(path: string, n: number): string {
  const slash = path.lastIndexOf('/') + 1;
  const dot = path.lastIndexOf('.');
  const at = dot > slash ? dot : path.length;
  return `${path.slice(0, at)} (${n})${path.slice(at)}`;
}

export interface PathEntry {
  readonly id: string;
  readonly path: string;
}

/**
 * Id → path to show: safe and unique. Where two have one path, the smaller id
 * keeps it and the others get a suffix; a file named like a folder gets one too.
 * Every client computes the same result from the same entries.
 */
export function displayPaths(entries: readonly PathEntry[]): Map<string, string> {
  const inOrder = entries
    .map(({ id, path }) => ({ id, path: safePath(path) }))
    .sort((a, b) => compare(a.id, b.id));
  const folders = new Set<string>();
  for (const { path } of inOrder) {
    for (let i = path.indexOf('/'); i >= 0; i = path.indexOf('/', i + 1)) folders.add(path.slice(0, i));
  }
  const wanted = new Set(inOrder.map((entry) => entry.path));
  const taken = new Set<string>();
  const result = new Map<string, string>();
  for (const { id, path } of inOrder) {
    let shown = path;
    for (let n = 2; taken.has(shown) || folders.has(shown) || (n > 2 && wanted.has(shown)); n++) {
      shown = withSuffix(path, n);
    }
    taken.add(shown);
    result.set(id, shown);
  }
  return result;
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** For lists: folder by folder, folders before files, `file2` before `file10`. */
export function compareForDisplay(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [l = '', r = ''] = [left[i], right[i]];
    if (l === r) continue;
    const leftIsFolder = i < left.length - 1;
    const rightIsFolder = i < right.length - 1;
    if (leftIsFolder !== rightIsFolder) return leftIsFolder ? -1 : 1;
    return collator.compare(l, r) || compare(l, r);
  }
  return left.length - right.length;
}
