import { Button } from '@mantine/core';
import { useEffect } from 'react';
import type { RoomSession } from '../../collab/types';
import { Loading } from '../../components/Loading';
import type { CodeEditor } from '../../editor/types';
import { useStore } from '../../hooks/useStore';
import classes from './EditorPane.module.css';

interface EditorPaneProps {
  readonly session: RoomSession;
  readonly editor: CodeEditor | null;
  readonly failure: string | null;
  readonly fileId: string | null;
  readonly containerRef: (element: HTMLElement | null) => void;
}

/** The editor, or what stands in its place while there is nothing to edit. */
export function EditorPane({ session, editor, failure, fileId, containerRef }: EditorPaneProps) {
  const connection = useStore(session.connection);
  const shownId = connection.everSynced ? fileId : null;

  useEffect(() => {
    editor?.openFile(shownId);
  }, [editor, shownId]);

  const ready = editor !== null && shownId !== null;
  return (
    <div className={classes['pane']}>
      <div
        ref={containerRef}
        className={classes['editor']}
        data-ready={ready}
        data-testid="editor"
      />
      {ready ? null : (
        <div className={classes['cover']}>
          <Cover session={session} failure={failure} loaded={editor !== null} fileId={fileId} />
        </div>
      )}
    </div>
  );
}

interface CoverProps {
  readonly session: RoomSession;
  readonly failure: string | null;
  readonly loaded: boolean;
  readonly fileId: string | null;
}

function Cover({ session, failure, loaded, fileId }: CoverProps) {
  const connection = useStore(session.connection);
  const files = useStore(session.files);
  if (failure !== null) {
    return (
      <div className={classes['message']}>
        <p>The editor could not be loaded: {failure}</p>
        <Button variant="default" onClick={() => window.location.reload()}>
          Load the page again
        </Button>
      </div>
    );
  }
  if (!connection.everSynced && connection.status === 'offline') {
    return (
      <div className={classes['message']}>
        <p>The server cannot be reached. This page keeps trying.</p>
        {connection.reason ? <p className={classes['reason']}>{connection.reason}</p> : null}
        <Button variant="default" onClick={session.reconnect}>
          Try now
        </Button>
      </div>
    );
  }
  if (!connection.everSynced) return <Loading label="Opening the room" />;
  if (fileId === null) {
    return (
      <p className={classes['message']}>
        {files.length === 0 ? 'Make a new file to begin.' : 'Choose a file to open it here.'}
      </p>
    );
  }
  return loaded ? null : <Loading label="Loading the editor" />;
}
