import { useEffect, useState } from 'react';
import { openRoom } from '../../collab/room';
import type { RoomSession } from '../../collab/types';
import { useIdentity } from '../identity/identity';
import { distinctColor } from '../people/distinctColor';

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
    if (!session) return undefined;
    const show = () =>
      session.presence.setUser({ name, color: distinctColor(session.people.get(), color) });
    show();
    return session.people.subscribe(show);
  }, [session, name, color]);

  return session;
}
