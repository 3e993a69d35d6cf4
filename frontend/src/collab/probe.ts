import { cleanLine } from './text';

/** Why did the server not open the room? Asked over plain HTTP, where it can say. */

export type ProbeResult =
  | { readonly kind: 'unreachable' }
  /** The room is there; the WebSocket alone did not come about. */
  | { readonly kind: 'fine' }
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string };

const FALLBACK: Readonly<Record<number, string>> = {
  401: 'You need to sign in to open this room.',
  403: 'You are not allowed to open this room.',
  404: 'This room does not exist. Check the link, or ask for a new one.',
  410: 'This room has been deleted.',
  503: 'The server cannot read this room at the moment.',
};

/** The `detail` of an error answer, if it is a sentence. */
async function detailOf(response: Response): Promise<string | null> {
  try {
    const body: unknown = await response.json();
    if (typeof body !== 'object' || body === null || !('detail' in body)) return null;
    return typeof body.detail === 'string' && body.detail !== '' ? body.detail : null;
  } catch {
    return null;
  }
}

/** A gateway in front of a server that is down answers 502 or 504 itself: not a refusal. */
function isRefusal(status: number): boolean {
  return (status >= 400 && status < 500 && status !== 408 && status !== 429) || status === 503;
}

async function read(response: Response): Promise<ProbeResult> {
  if (response.ok) return { kind: 'fine' };
  if (!isRefusal(response.status)) return { kind: 'unreachable' };
  const detail = await detailOf(response);
  if (response.status === 503 && detail === null) return { kind: 'unreachable' };
  const reason =
    detail ?? FALLBACK[response.status] ?? `The server refused the room (${response.status}).`;
  return { kind: 'refused', code: response.status, reason };
}

const TIMEOUT_MS = 5000;
const REASON_MAX = 160;

/**
 * @param origin `http(s)://host[:port]`
 * Resolves always; aborting `signal` makes it `unreachable`.
 */
export async function probeRoom(
  origin: string,
  roomId: string,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    const url = `${origin}/api/v1/rooms/${encodeURIComponent(roomId)}`;
    const room = await read(await fetch(url, { signal: stop, cache: 'no-store' }));
    return room.kind === 'fine' ? await probeOrigin(origin, stop) : room;
  } catch {
    return { kind: 'unreachable' };
  }
}

/** What keeps the server from saving, in its words; `null`: nothing, or it does not say. */
export async function storeTrouble(origin: string, signal: AbortSignal): Promise<string | null> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    const response = await fetch(`${origin}/api/v1/health`, { signal: stop, cache: 'no-store' });
    if (response.status !== 503) return null;
    const body: unknown = await response.json();
    if (typeof body !== 'object' || body === null || !('database' in body)) return null;
    const { database } = body;
    if (typeof database !== 'object' || database === null || !('reason' in database)) return null;
    return typeof database.reason === 'string' ? cleanLine(database.reason, REASON_MAX) || null : null;
  } catch {
    return null;
  }
}

/** Foreign pages may read but not write: a POST that changes nothing tells, a GET would not. */
async function probeOrigin(origin: string, signal: AbortSignal): Promise<ProbeResult> {
  const response = await fetch(`${origin}/api/v1/autocomplete`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: '', cursorPosition: 0, language: 'plaintext' }),
    signal,
  });
  return response.status === 403 ? read(response) : { kind: 'fine' };
}
