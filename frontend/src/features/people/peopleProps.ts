import type { Person, RoomFile } from '../../collab/types';

export interface PeopleProps {
  readonly people: readonly Person[];
  readonly files: readonly RoomFile[];
  /** Whom this window follows. */
  readonly following: number | null;
  readonly onFollow: (clientId: number | null) => void;
}
