import { type Identity } from '../identity/identity';
import { ApiError, request } from './client';

/** What one person did in one go: a moment that the room can be looked at as of. */
export interface HistoryPoint {
  readonly seq: number;
  /** Unix ms. */
  readonly from: number;
  readonly at: number;
  /** Empty when the name is not known. */
  readonly author: string;
  readonly updates: number;
  readonly bytes: number;
}

export interface MomentFile {
  readonly path: string;
  /** Empty: by the name. */
  readonly language: string;
  readonly main: boolean;
  readonly text: string;
}

/** The room as it was. */
export interface Moment {
  readonly seq: number;
  readonly files: readonly MomentFile[];
}

const historyPath = (roomId: string): string => `/rooms/${encodeURIComponent(roomId)}/history`;

/** All points, oldest first: page after page. */
export async function listHistory(roomId: string, signal?: AbortSignal): Promise<HistoryPoint[]> {
  const points: HistoryPoint[] = [];
  for (let more = true; more; ) {
    const page = await listPage(roomId, points.at(-1)?.seq ?? 0, signal);
    points.push(...page.points);
    more = page.more && page.points.length > 0;
  }
  return points;
}

interface Page {
  readonly points: readonly HistoryPoint[];
  readonly more: boolean;
}

async function listPage(roomId: string, after: number, signal?: AbortSignal): Promise<Page> {
  const path = `${historyPath(roomId)}?after=${after}`;
  const response = await request(path, { method: 'GET', ...(signal ? { signal } : {}) });
  const body = (await response.json()) as unknown;
  const points = isObject(body) && Array.isArray(body['points']) ? body['points'] : null;
  if (!isObject(body) || points === null)
    throw new ApiError(response.status, 'The server sent an answer without a history.');
  return { points: points.flatMap((point: unknown) => pointOf(point) ?? []), more: typeof body['next'] === 'string' };
}

export async function readMoment(roomId: string, seq: number, signal?: AbortSignal): Promise<Moment> {
  const response = await request(`${historyPath(roomId)}/${seq}`, {
    method: 'GET',
    ...(signal ? { signal } : {}),
  });
  return momentFrom(response);
}

/** Makes the room what it was, as an edit of `who`'s. */
export async function restoreMoment(who: Identity, roomId: string, seq: number): Promise<Moment> {
  return momentFrom(await request(`${historyPath(roomId)}/${seq}/restore`, { method: 'POST', who }));
}

async function momentFrom(response: Response): Promise<Moment> {
  const body = (await response.json()) as unknown;
  if (!isObject(body) || typeof body['seq'] !== 'number' || !Array.isArray(body['files'])) {
    throw new ApiError(response.status, 'The server sent an answer without files.');
  }
  return { seq: body['seq'], files: body['files'].flatMap((file: unknown) => fileOf(file) ?? []) };
}

function pointOf(value: unknown): HistoryPoint | null {
  if (!isObject(value)) return null;
  const { seq, from, at, author, updates, bytes } = value;
  if (typeof seq !== 'number' || typeof from !== 'string' || typeof at !== 'string') return null;
  return {
    seq,
    from: Date.parse(from),
    at: Date.parse(at),
    author: typeof author === 'string' ? author : '',
    updates: typeof updates === 'number' ? updates : 1,
    bytes: typeof bytes === 'number' ? bytes : 0,
  };
}

function fileOf(value: unknown): MomentFile | null {
  if (!isObject(value)) return null;
  const { path, language, main, text } = value;
  if (typeof path !== 'string' || typeof text !== 'string') return null;
  return { path, language: typeof language === 'string' ? language : '', main: main === true, text };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
