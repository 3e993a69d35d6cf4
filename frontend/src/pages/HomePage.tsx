import { useRef, useState } from 'react';
import { PageHeader } from '../components/PageHeader';
import { NameDialog } from '../features/identity/NameDialog';
import { useIdentity } from '../features/identity/identity';
import { CreateRoom } from '../features/rooms/CreateRoom';
import { JoinRoom } from '../features/rooms/JoinRoom';
import { RecentRooms } from '../features/rooms/RecentRooms';
import { useDocumentTitle } from '../hooks/useDocumentTitle';
import classes from './HomePage.module.css';

export function HomePage() {
  useDocumentTitle(null);
  const [asking, setAsking] = useState(false);
  const afterName = useRef<(() => void) | null>(null);

  /** Runs `action` now, or after the name was given. */
  const withName = (action: () => void) => {
    if (useIdentity.getState().name !== '') {
      action();
      return;
    }
    afterName.current = action;
    setAsking(true);
  };

  const onSaved = () => {
    setAsking(false);
    afterName.current?.();
    afterName.current = null;
  };

  return (
    <div className={classes['page']}>
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <PageHeader onEditName={() => setAsking(true)} />
      <main id="main" tabIndex={-1} className={classes['main']}>
        <h1 className={classes['heading']}>Write code together, in one room, live.</h1>
        <p className={classes['lead']}>
          Open a room, send its link, and type in the same files at the same time.
        </p>
        <CreateRoom withName={withName} />
        <div className={classes['columns']}>
          <JoinRoom />
          <RecentRooms />
        </div>
      </main>
      <footer className={classes['footer']}>
        <a href="/docs">API</a>
        <span>Rooms are kept on this server, open to whoever has their link.</span>
      </footer>
      <NameDialog
        opened={asking}
        onSaved={onSaved}
        onClose={() => {
          afterName.current = null;
          setAsking(false);
        }}
      />
    </div>
  );
}
