import type { ReactNode } from 'react';
import type { RoomSession } from '../../collab/types';
import type { CodeEditor, EditorStatus } from '../../editor/types';
import { useStore } from '../../hooks/useStore';
import { countText } from '../people/peopleText';
import { LanguagePicker } from './LanguagePicker';
import classes from './StatusLine.module.css';
import { type StatusText, connectionText, positionText, savedText } from './statusText';

interface StatusLineProps {
  readonly session: RoomSession;
  readonly editor: CodeEditor | null;
  readonly status: EditorStatus;
  /** Receives the element where Vim keys show their mode. */
  readonly vimStatusRef: (element: HTMLElement | null) => void;
}

export function StatusLine({ session, editor, status, vimStatusRef }: StatusLineProps) {
  const connection = useStore(session.connection);
  const saved = useStore(session.saved);
  const people = useStore(session.people);
  const hasFile = status.fileId !== null;
  return (
    <footer className={classes['line']} aria-label="Status">
      <Toned
        testId="status-connection"
        state={connection.status}
        status={connectionText(connection)}
      >
        <span aria-hidden className={classes['dot']} />
      </Toned>
      <Toned testId="status-saved" state={saved.state} status={savedText(saved)} />
      <span className={classes['vim']} data-testid="status-vim">
        {/* Of its own: Vim keys may hide or empty what they are given. */}
        <span ref={vimStatusRef} />
      </span>
      {hasFile ? (
        <span className={classes['item']} data-testid="status-position">
          {positionText(status)}
        </span>
      ) : null}
      {hasFile ? <LanguagePicker editor={editor} status={status} /> : null}
      <span className={`${classes['item']} ${classes['people']}`} data-testid="status-people">
        {countText(people.length)}
      </span>
    </footer>
  );
}

interface TonedProps {
  readonly testId: string;
  readonly state: string;
  readonly status: StatusText;
  readonly children?: ReactNode;
}

function Toned({ testId, state, status, children }: TonedProps) {
  return (
    <span
      className={classes['item']}
      data-tone={status.tone}
      data-state={state}
      data-testid={testId}
    >
      {children}
      {status.text}
    </span>
  );
}
