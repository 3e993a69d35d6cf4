import type { HistoryPoint, Moment, MomentFile } from '../api/history';

export type FileChange = 'added' | 'changed' | 'removed' | 'same';

/** A file at a moment, beside what it was at the one before. */
export interface ComparedFile {
  readonly path: string;
  readonly language: string;
  readonly change: FileChange;
  readonly before: string;
  readonly after: string;
}

/** Every file of the two moments, by path; `before` is null at the first. */
export function compareMoments(before: Moment | null, after: Moment): ComparedFile[] {
  const old = new Map((before?.files ?? []).map((file) => [file.path, file]));
  const compared = after.files.map((file) => compareFile(old.get(file.path), file));
  const kept = new Set(after.files.map((file) => file.path));
  for (const file of old.values()) {
    if (kept.has(file.path)) continue;
    const { path, language, text } = file;
    compared.push({ path, language, change: 'removed', before: text, after: '' });
  }
  return compared.sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
}

function compareFile(before: MomentFile | undefined, after: MomentFile): ComparedFile {
  const { path, language, text } = after;
  if (before === undefined) return { path, language, change: 'added', before: '', after: text };
  const change = before.text === text ? 'same' : 'changed';
  return { path, language, change, before: before.text, after: text };
}

/** What to look at: where something happened, else what was looked at, else the first. */
export function fileToShow(files: readonly ComparedFile[], looking: string | null): string | null {
  const current = files.find((file) => file.path === looking);
  if (current && current.change !== 'same') return current.path;
  const changed = files.find((file) => file.change !== 'same');
  return (changed ?? current ?? files[0])?.path ?? null;
}

const CHANGE_TEXT: Record<FileChange, string> = {
  added: ' (new)',
  changed: ' (changed)',
  removed: ' (deleted)',
  same: '',
};

export function fileLabel({ path, change }: ComparedFile): string {
  return path + CHANGE_TEXT[change];
}

export function authorText(point: HistoryPoint): string {
  return point.author === '' ? 'Somebody' : point.author;
}

/** The date only where it is not today's. */
export function timeText(at: number, now: number): string {
  const time = new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  if (new Date(at).toDateString() === new Date(now).toDateString()) return time;
  const date = new Date(at).toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
  return `${date}, ${time}`;
}

/** One moment in words, as the slider says it. */
export function pointText(points: readonly HistoryPoint[], index: number, now: number): string {
  const point = points[index];
  if (point === undefined) return '';
  return `${authorText(point)}, ${timeText(point.at, now)}, ${index + 1} of ${points.length}`;
}
