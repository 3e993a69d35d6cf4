import { type Identity, mailOf } from '../identity/identity';

const API = '/api/v1';

/** A refusal, with the server's own words as its message. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status; 0 when the server could not be reached. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Room {
  readonly room_id: string;
  readonly name: string;
  readonly language: string;
}

export interface NewRoom {
  readonly name?: string;
  readonly language?: string;
  readonly code?: string;
}

export function createRoom(who: Identity, room: NewRoom): Promise<Room> {
  return roomRequest('/rooms', { method: 'POST', who, body: room });
}

export function readRoom(roomId: string): Promise<Room> {
  return roomRequest(`/rooms/${encodeURIComponent(roomId)}`, { method: 'GET' });
}

export function renameRoom(who: Identity, roomId: string, name: string): Promise<Room> {
  return roomRequest(`/rooms/${encodeURIComponent(roomId)}`, {
    method: 'PATCH',
    who,
    body: { name },
  });
}

export async function deleteRoom(who: Identity, roomId: string): Promise<void> {
  await request(`/rooms/${encodeURIComponent(roomId)}`, { method: 'DELETE', who });
}

interface RequestOptions {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly who?: Identity;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

async function roomRequest(path: string, options: RequestOptions): Promise<Room> {
  const response = await request(path, options);
  const room = await readJson(response);
  if (!isRoom(room))
    throw new ApiError(response.status, 'The server sent an answer without a room.');
  return room;
}

/** Throws ApiError for whatever is not a success; AbortError passes through. */
export async function request(path: string, options: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (options.who) {
    headers['x-username'] = headerText(options.who.name);
    headers['x-usermail'] = headerText(mailOf(options.who));
  }
  const init: RequestInit = { method: options.method, headers };
  if (options.signal) init.signal = options.signal;
  if (options.body !== undefined) {
    headers['content-type'] = 'application/json';
    init.body = JSON.stringify(options.body);
  }
  const response = await fetch(API + path, init).catch((error: unknown) => {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, 'The server cannot be reached. Check the connection and try again.');
  });
  if (!response.ok) throw await errorFrom(response);
  return response;
}

/** Header values are ASCII: everything else, and `%` itself, goes percent-encoded as UTF-8. */
export function headerText(text: string): string {
  return text.toWellFormed().replace(/[^\x20-\x24\x26-\x7e]/gu, encodeURIComponent);
}

async function errorFrom(response: Response): Promise<ApiError> {
  const body = await readJson(response);
  const detail =
    typeof body === 'object' && body !== null && 'detail' in body ? detailText(body.detail) : '';
  return new ApiError(
    response.status,
    detail || `The server answered ${response.status} ${response.statusText}`.trim() + '.',
  );
}

/** The words of a `detail`: a string, or a list of `{loc, msg}` as for a 422. */
export function detailText(detail: unknown): string {
  if (typeof detail === 'string') return detail;
  if (!Array.isArray(detail)) return '';
  return detail.map(entryText).filter(Boolean).join(' ');
}

function entryText(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null || !('msg' in entry)) return '';
  const where =
    'loc' in entry && Array.isArray(entry.loc)
      ? entry.loc.filter((part) => part !== 'body' && part !== 'header').join('.')
      : '';
  return where ? `${where}: ${String(entry.msg)}` : String(entry.msg);
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return (await response.json()) as unknown;
  } catch {
    return null;
  }
}

function isRoom(value: unknown): value is Room {
  return (
    typeof value === 'object' &&
    value !== null &&
    'room_id' in value &&
    typeof value.room_id === 'string' &&
    'name' in value &&
    typeof value.name === 'string' &&
    'language' in value &&
    typeof value.language === 'string'
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
