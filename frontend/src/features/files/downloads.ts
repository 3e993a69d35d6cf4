import { strToU8, zipSync } from 'fflate';

const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

/**
 * A path that stays inside the folder it is unpacked in, on every system:
 * relative, without `..`, control characters or what Windows refuses.
 */
export function safePath(path: string): string {
  const parts = path
    .split(/[/\\]+/)
    .map(safePart)
    .filter(Boolean);
  return parts.join('/') || 'file';
}

function safePart(part: string): string {
  const plain = part
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f<>:"|?*]/g, '_')
    .trim();
  // This leaves nothing of `.` and `..`.
  const name = plain.replace(/[. ]+$/, '');
  return RESERVED.test(name) ? `_${name}` : name;
}

/** Safe and unique paths (no two that differ in case alone), in the given order. */
export function safeEntries(files: ReadonlyMap<string, string>): Map<string, string> {
  const taken = new Set<string>();
  const entries = new Map<string, string>();
  for (const [path, text] of files) {
    const safe = safePath(path);
    let unique = safe;
    for (let n = 2; taken.has(unique.toLowerCase()); n += 1) unique = withNumber(safe, n);
    taken.add(unique.toLowerCase());
    entries.set(unique, text);
  }
  return entries;
}

function withNumber(path: string, n: number): string {
  const slash = path.lastIndexOf('/');
  const dot = path.lastIndexOf('.');
  return dot > slash + 1 ? `${path.slice(0, dot)} (${n})${path.slice(dot)}` : `${path} (${n})`;
}

export function makeZip(files: ReadonlyMap<string, string>): Uint8Array<ArrayBuffer> {
  const entries: Record<string, Uint8Array> = {};
  for (const [path, text] of safeEntries(files)) entries[path] = strToU8(text);
  return new Uint8Array(zipSync(entries, { level: 6 }));
}

/** The last part of a path, fit for a file name. */
export function fileNameOf(path: string): string {
  const safe = safePath(path);
  return safe.slice(safe.lastIndexOf('/') + 1);
}

export function zipName(title: string): string {
  const name = title
    .replace(/[^\p{L}\p{N} ._-]/gu, '')
    .trim()
    .replace(/\s+/g, '-');
  return `${name.slice(0, 60) || 'room'}.zip`;
}

export function saveAs(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser reads the blob after the click returned.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
