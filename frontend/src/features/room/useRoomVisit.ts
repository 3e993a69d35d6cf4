import { useEffect } from 'react';
import type { RoomSession } from '../../collab/types';
import { useStore } from '../../hooks/useStore';
import { useRecentRooms } from '../rooms/recentRooms';

/** Keeps the room, with its present title, in the list of recent ones. */
export function useRoomVisit(session: RoomSession): void {
  const title = useStore(session.title);
  const { everSynced } = useStore(session.connection);
  useEffect(() => {
    if (everSynced) useRecentRooms.getState().visit(session.roomId, title);
  }, [session, title, everSynced]);
}
