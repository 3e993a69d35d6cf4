const ROOM_ID = /^[A-Za-z0-9_-]{16,64}$/;
const ROOM_PATH = /^\/(?:rooms|r|api\/v1\/(?:rooms|ws|yjs))\/([^/]+)\/?$/;

export type JoinTarget = { readonly roomId: string } | { readonly error: string };

export function isRoomId(text: string): boolean {
  return ROOM_ID.test(text);
}

export function roomPath(roomId: string): string {
  return `/rooms/${roomId}`;
}

/** The room of a page's path, or null when the path is not a room's. */
export function roomOfPath(pathname: string): string | null {
  const match = /^\/(?:rooms|r)\/([^/]+)\/?$/.exec(pathname);
  return match?.[1] ?? null;
}

/** Reads what somebody pasted: a room's link on this server, a path, or an id. */
export function parseJoin(input: string, origin: string): JoinTarget {
  const text = input.trim();
  if (text === '') return { error: 'Paste the link of a room, or its id.' };
  if (isRoomId(text)) return { roomId: text };
  if (!/[/.:]/.test(text)) {
    return {
      error:
        text.length < 16
          ? 'This id is too short: a room id has at least 16 characters.'
          : 'A room id has only letters, digits, “-” and “_”, at most 64 of them.',
    };
  }
  return parseLink(text, origin);
}

function parseLink(text: string, origin: string): JoinTarget {
  const url = toUrl(text, origin);
  if (!url) return { error: 'This is neither a link nor a room id.' };
  const here = new URL(origin);
  if (url.host !== here.host) {
    return { error: `This link leads to another server, ${url.host}. Open it in the address bar.` };
  }
  const roomId = ROOM_PATH.exec(url.pathname)?.[1];
  if (!roomId || !isRoomId(roomId)) {
    return { error: `This link does not lead to a room. One looks like ${here.host}/rooms/…` };
  }
  return { roomId };
}

function toUrl(text: string, origin: string): URL | null {
  const withScheme = /^[a-z]+:\/\//i.test(text)
    ? text
    : text.startsWith('/')
      ? origin + text
      : `${new URL(origin).protocol}//${text}`;
  try {
    return new URL(withScheme);
  } catch {
    return null;
  }
}
