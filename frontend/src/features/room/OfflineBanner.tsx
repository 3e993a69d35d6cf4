import { Button } from '@mantine/core';
import type { RoomSession } from '../../collab/types';
import { useStore } from '../../hooks/useStore';
import { offlineText } from '../status/statusText';
import classes from './OfflineBanner.module.css';

/** Not a live region itself: its number changes with every key stroke. */
export function OfflineBanner({ session }: { session: RoomSession }) {
  const connection = useStore(session.connection);
  const saved = useStore(session.saved);
  if (connection.status !== 'offline' || !connection.everSynced) return null;
  return (
    <section className={classes['banner']} aria-label="Connection" data-testid="offline-banner">
      <span>{offlineText(saved.unsavedEdits)}</span>
      {connection.reason ? <span className={classes['reason']}>{connection.reason}</span> : null}
      <Button size="compact-sm" variant="default" onClick={session.reconnect}>
        Try now
      </Button>
    </section>
  );
}
