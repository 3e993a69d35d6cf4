import { Button } from '@mantine/core';
import type { ConnectionState, RoomSession } from '../../collab/types';
import { MessagePage } from '../../components/MessagePage';
import { useDocumentTitle } from '../../hooks/useDocumentTitle';
import { refusedText } from '../status/statusText';

interface RefusedRoomProps {
  readonly session: RoomSession;
  readonly connection: ConnectionState;
  readonly onDownloadAll: () => void;
}

/** The server said no for good. What was typed here can still be taken along. */
export function RefusedRoom({ session, connection, onDownloadAll }: RefusedRoomProps) {
  const { heading, advice } = refusedText(connection.code, connection.everSynced);
  // That there is no such room is what the heading says already.
  const isUnknown = connection.code === 404 && !connection.everSynced;
  const hasText = session.files.get().length > 0;
  useDocumentTitle(heading);
  return (
    <MessagePage
      heading={heading}
      text={hasText ? `${advice} What is in this window can still be downloaded.` : advice}
      reason={isUnknown ? undefined : connection.reason}
      testId="refused"
    >
      {hasText ? (
        <Button onClick={onDownloadAll} data-testid="refused-download">
          Download the files
        </Button>
      ) : null}
      <Button variant="default" onClick={session.reconnect} data-testid="refused-retry">
        Try again
      </Button>
      <Button variant="default" component="a" href="/">
        Go to the start page
      </Button>
    </MessagePage>
  );
}
