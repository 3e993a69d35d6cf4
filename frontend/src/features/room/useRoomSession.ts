import { useEffect, useState } from 'react';
import { openRoom } from '../../collab/room';
import type { RoomSession } from '../../collab/types';
import { useIdentity } from '../identity/identity';

/** The session of a room, open for as long as the component is there. */
export function useRoomSession(roomId: string): RoomSession | null {
  const [session, setSession] = useState<RoomSession | null>(null);
  const name = useIdentity((identity) => identity.name);
  const color = useIdentity((identity) => identity.color);

  useEffect(() => {
    const { name: nameNow, color: colorNow } = useIdentity.getState();
    const opened = openRoom({ roomId, user: { name: nameNow, color: colorNow } });
    setSession(opened);
    return () => {
      setSession(null);
      opened.close();
    };
  }, [roomId]);

  useEffect(() => {
    session?.presence.setUser({ name, color });
  }, [session, name, color]);

  return session;
}
