import type { ConnectionStatus, Person, SaveStatus } from '../../collab/types';

type Seen = ReadonlyMap<number, string>;

export function othersOf(people: readonly Person[]): Seen {
  return new Map(people.filter((person) => !person.isSelf).map((p) => [p.clientId, p.name]));
}

/** Who came and who went, as sentences. */
export function comingsAndGoings(before: Seen, after: Seen): string[] {
  const came = [...after].filter(([id]) => !before.has(id)).map(([, name]) => name);
  const went = [...before].filter(([id]) => !after.has(id)).map(([, name]) => name);
  return [
    ...(came.length > 0 ? [`${listText(came)} joined.`] : []),
    ...(went.length > 0 ? [`${listText(went)} left.`] : []),
  ];
}

export function listText(names: readonly string[]): string {
  return new Intl.ListFormat('en').format(names);
}

/** Null where the change is not worth a word. */
export function connectionChange(before: ConnectionStatus, after: ConnectionStatus): string | null {
  if (before === after) return null;
  if (after === 'offline') return 'You are offline. Typing goes on.';
  if (after === 'refused') return 'The server refused the connection.';
  if (after === 'online') return 'Connected.';
  return null;
}

/** Every pause in typing ends in `saved`: only trouble, and its end, is announced. */
export function savedChange(inTrouble: boolean, after: SaveStatus): string | null {
  if (!inTrouble && after === 'unsaved') return 'The server has not confirmed your last edits yet.';
  if (inTrouble && after === 'saved') return 'All edits are saved.';
  return null;
}
