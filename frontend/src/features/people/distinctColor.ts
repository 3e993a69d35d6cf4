import type { Person } from '../../collab/types';
import { COLORS } from '../identity/colors';

/**
 * The colour to show oneself in, so that no two people look alike: the one that
 * was chosen, unless somebody has it whose client id is smaller; then one that
 * nobody has, the present one where that will do.
 */
export function distinctColor(people: readonly Person[], chosen: string): string {
  const self = people.find((person) => person.isSelf);
  if (!self) return chosen;
  const others = people.filter((person) => !person.isSelf);
  const isOurs = (color: string) =>
    others.every((other) => other.color !== color || other.clientId > self.clientId);
  if (isOurs(chosen)) return chosen;
  if (self.color !== chosen && isOurs(self.color)) return self.color;
  const start = COLORS.findIndex(({ value }) => value === chosen) + 1;
  const inOrder = [...COLORS.slice(start), ...COLORS.slice(0, start)];
  const free = inOrder.find(({ value }) => others.every((other) => other.color !== value));
  return free?.value ?? chosen;
}
