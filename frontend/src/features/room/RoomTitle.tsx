import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { RoomSession } from '../../collab/types';
import { useStore } from '../../hooks/useStore';
import { ApiError, renameRoom } from '../api/client';
import { useIdentity } from '../identity/identity';
import classes from './TopBar.module.css';

const TITLE_MAX = 120;

/** The room's title, edited in place: Enter keeps it, Escape takes the change back. */
export function RoomTitle({ session }: { session: RoomSession }) {
  const title = useStore(session.title);
  const { everSynced } = useStore(session.connection);
  const [draft, setDraft] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const given = useRef(false);

  useEffect(() => {
    if (draft === null) given.current = false;
  }, [draft]);

  const commit = () => {
    const text = draft?.trim() ?? '';
    setDraft(null);
    if (given.current || text === '' || text === title) return;
    session.title.set(text);
    void tellServer(session.roomId, session.title.get());
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') given.current = true;
    if (event.key === 'Enter' || event.key === 'Escape') input.current?.blur();
  };

  return (
    <input
      ref={input}
      className={classes['title']}
      aria-label="Title of the room"
      placeholder={everSynced ? 'Untitled room' : ''}
      value={draft ?? title}
      maxLength={TITLE_MAX}
      disabled={!everSynced}
      spellCheck={false}
      autoComplete="off"
      data-testid="room-title"
      onFocus={() => setDraft(title)}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={onKeyDown}
    />
  );
}

/** The server's list of rooms has the name too; the document's title is the one that counts. */
async function tellServer(roomId: string, title: string): Promise<void> {
  try {
    await renameRoom(useIdentity.getState(), roomId, title);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}
