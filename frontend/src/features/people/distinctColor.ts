import type { Person } from '../../collab/types';
import { COLORS, looksAlike } from '../identity/colors';

type Clash = (a: string, b: string) => boolean;

const isSame: Clash = (a, b) => a === b;

/**
 * The colour to show oneself in, so that no two people look alike: the one that
 * was chosen, unless somebody whose client id is smaller has one like it; then
 * one like nobody's, the present one where that will do. In a crowd only the
 * very same colour counts as alike.
 */
export function distinctColor(people: readonly Person[], chosen: string): string {
  const self = people.find((person) => person.isSelf);
  if (!self) return chosen;
  const others = people.filter((person) => !person.isSelf);
  return pick(self, others, chosen, looksAlike) ?? pick(self, others, chosen, isSame) ?? chosen;
}

function pick(self: Person, others: readonly Person[], chosen: string, clash: Clash): string | undefined {
  const isOurs = (color: string) =>
    others.every((other) => !clash(other.color, color) || other.clientId > self.clientId);
  if (isOurs(chosen)) return chosen;
  if (self.color !== chosen && isOurs(self.color)) return self.color;
  const start = COLORS.findIndex(({ value }) => value === chosen) + 1;
  const inOrder = [...COLORS.slice(start), ...COLORS.slice(0, start)];
  return inOrder.find(({ value }) => others.every((other) => !clash(other.color, value)))?.value;
}
