import { Drawer } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useCallback, useState } from 'react';
import type { RoomFile, RoomSession } from '../../collab/types';
import { useDocumentTitle } from '../../hooks/useDocumentTitle';
import { useStore } from '../../hooks/useStore';
import { useUnloadWarning } from '../../hooks/useUnloadWarning';
import { useAnnouncements } from '../announce/useAnnouncements';
import { EditorPane } from '../editorPane/EditorPane';
import { useCodeEditor, useEditorStatus, useFocusEditor } from '../editorPane/useCodeEditor';
import { FilePanel } from '../files/FilePanel';
import { FileTabs } from '../files/FileTabs';
import { fileNameOf, makeZip, saveAs, zipName } from '../files/downloads';
import { useTabs } from '../files/useTabs';
import { FollowBanner } from '../people/FollowBanner';
import { StatusLine } from '../status/StatusLine';
import { OfflineBanner } from './OfflineBanner';
import { RefusedRoom } from './RefusedRoom';
import classes from './RoomView.module.css';
import { TopBar } from './TopBar';
import { useRoomVisit } from './useRoomVisit';

interface RoomViewProps {
  readonly session: RoomSession;
  readonly onEditName: () => void;
}

export function RoomView({ session, onEditName }: RoomViewProps) {
  const connection = useStore(session.connection);
  useRoomVisit(session);
  useUnloadWarning(session.hasUnsaved);
  const announcement = useAnnouncements(session);

  const downloadAll = () =>
    saveAs(zipName(session.title.get()), makeZip(session.download()), 'application/zip');

  return (
    <>
      <div className="visually-hidden" role="status" aria-live="polite" data-testid="announcements">
        {announcement}
      </div>
      {connection.status === 'refused' ? (
        <RefusedRoom session={session} connection={connection} onDownloadAll={downloadAll} />
      ) : (
        <Workbench session={session} onEditName={onEditName} onDownloadAll={downloadAll} />
      )}
    </>
  );
}

interface WorkbenchProps extends RoomViewProps {
  readonly onDownloadAll: () => void;
}

function Workbench({ session, onEditName, onDownloadAll }: WorkbenchProps) {
  const narrow = useMediaQuery('(max-width: 45rem)', undefined, { getInitialValueInEffect: false });
  const [drawerOpen, setDrawerOpen] = useState(false);
  const [sideOpen, setSideOpen] = useState(true);
  const [container, setContainer] = useState<HTMLElement | null>(null);
  const [vimStatus, setVimStatus] = useState<HTMLElement | null>(null);
  const files = useStore(session.files);
  const people = useStore(session.people);
  const title = useStore(session.title);
  const { tabs, open, close, step } = useTabs(session);
  const { editor, failure } = useCodeEditor(session, { container, vimStatus }, open);
  const status = useEditorStatus(editor);
  const focusEditor = useFocusEditor(editor);
  const active = files.find((file) => file.id === tabs.active);
  const followed = people.find((person) => person.clientId === status.following);
  useDocumentTitle([active?.displayPath, title || 'Untitled room'].filter(Boolean).join(' – '));

  const openAndFocus = useCallback(
    (fileId: string) => {
      open(fileId);
      setDrawerOpen(false);
      focusEditor();
    },
    [open, focusEditor],
  );
  const closeDrawer = () => setDrawerOpen(false);
  const follow = (clientId: number | null) => editor?.follow(clientId);
  const download = (file: RoomFile) => {
    const text = session.files.text(file.id)?.toString() ?? '';
    saveAs(fileNameOf(file.displayPath), text, 'text/plain;charset=utf-8');
  };
  const panel = (
    <FilePanel
      session={session}
      activeId={tabs.active}
      onOpen={openAndFocus}
      onDownloadAll={onDownloadAll}
      onClose={narrow ? closeDrawer : undefined}
    />
  );

  return (
    <div className={classes['room']}>
      <a
        className="skip-link"
        href="#editor"
        onClick={(event) => {
          event.preventDefault();
          focusEditor();
        }}
      >
        Skip to the editor
      </a>
      <TopBar
        session={session}
        following={status.following}
        filesShown={narrow ? drawerOpen : sideOpen}
        onToggleFiles={() => (narrow ? setDrawerOpen(true) : setSideOpen(!sideOpen))}
        onFollow={follow}
        onDownloadAll={onDownloadAll}
        onEditName={onEditName}
      />
      <OfflineBanner session={session} />
      {followed ? <FollowBanner person={followed} onStop={() => follow(null)} /> : null}
      <div className={classes['body']}>
        {narrow ? (
          <Drawer.Root opened={drawerOpen} onClose={closeDrawer} size="18rem" padding={0}>
            <Drawer.Overlay />
            <Drawer.Content aria-label="Files" classNames={{ content: classes['drawer'] ?? '' }}>
              {panel}
            </Drawer.Content>
          </Drawer.Root>
        ) : (
          <aside className={classes['side']} aria-label="Files" hidden={!sideOpen}>
            {panel}
          </aside>
        )}
        <main id="editor" tabIndex={-1} className={classes['main']}>
          <FileTabs
            tabs={tabs}
            files={files}
            onOpen={open}
            onClose={close}
            onStep={step}
            onDownload={download}
          />
          <EditorPane
            session={session}
            editor={editor}
            failure={failure}
            fileId={tabs.active}
            containerRef={setContainer}
          />
        </main>
      </div>
      <StatusLine session={session} editor={editor} status={status} vimStatusRef={setVimStatus} />
    </div>
  );
}
