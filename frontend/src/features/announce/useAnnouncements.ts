import { useEffect, useRef, useState } from 'react';
import type { RoomSession } from '../../collab/types';
import { comingsAndGoings, connectionChange, othersOf, savedChange } from './changes';

const SHOWN_MS = 6000;

/** What a screen reader should hear of the room: the text of one polite live region. */
export function useAnnouncements(session: RoomSession): string {
  const [messages, setMessages] = useState<readonly string[]>([]);
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());

  useEffect(() => {
    const running = timers.current;
    const say = (text: string) => {
      setMessages((now) => [...now, text]);
      const timer = setTimeout(() => {
        running.delete(timer);
        setMessages((now) => now.slice(1));
      }, SHOWN_MS);
      running.add(timer);
    };
    const stop = watch(session, say);
    return () => {
      stop();
      running.forEach(clearTimeout);
      running.clear();
      setMessages([]);
    };
  }, [session]);

  return messages.join(' ');
}

function watch(session: RoomSession, say: (text: string) => void): () => void {
  let status = session.connection.get().status;
  let others = othersOf(session.people.get());
  let inTrouble = false;

  const onConnection = () => {
    const now = session.connection.get().status;
    const text = connectionChange(status, now);
    status = now;
    if (text) say(text);
  };
  const onPeople = () => {
    const now = othersOf(session.people.get());
    // Offline, everybody seems to have left: that is not news about them.
    if (session.connection.get().status === 'online') comingsAndGoings(others, now).forEach(say);
    others = now;
  };
  const onSaved = () => {
    const { state } = session.saved.get();
    const text = savedChange(inTrouble, state);
    if (state === 'unsaved' || state === 'offline') inTrouble = true;
    if (state === 'saved') inTrouble = false;
    if (text) say(text);
  };

  const stops = [
    session.connection.subscribe(onConnection),
    session.people.subscribe(onPeople),
    session.saved.subscribe(onSaved),
  ];
  return () => stops.forEach((stop) => stop());
}
