import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconFilePlus, IconFileZip, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { RoomSession } from '../../collab/types';
import { useStore } from '../../hooks/useStore';
import { FileDialogs, type FileDialog } from './FileDialogs';
import { FileTree } from './FileTree';
import classes from './FileTree.module.css';

interface FilePanelProps {
  readonly session: RoomSession;
  readonly activeId: string | null;
  readonly onOpen: (fileId: string) => void;
  readonly onDownloadAll: () => void;
  /** Given where the panel lies over the page. */
  readonly onClose?: (() => void) | undefined;
}

export function FilePanel({ session, activeId, onOpen, onDownloadAll, onClose }: FilePanelProps) {
  const files = useStore(session.files);
  const people = useStore(session.people);
  const [dialog, setDialog] = useState<FileDialog | null>(null);
  return (
    <div className={classes['panel']}>
      <div className={classes['header']}>
        <h2 className={classes['heading']}>Files</h2>
        <Tooltip label="New file">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label="New file"
            data-testid="new-file"
            onClick={() => setDialog({ kind: 'create' })}
          >
            <IconFilePlus size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Download all as a zip">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label="Download all files as a zip"
            data-testid="download-zip"
            onClick={onDownloadAll}
          >
            <IconFileZip size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
        {onClose ? (
          <ActionIcon variant="subtle" color="gray" aria-label="Close files" onClick={onClose}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        ) : null}
      </div>
      {files.length === 0 ? (
        <div className={classes['empty']}>
          <p>This room has no files.</p>
          <Button size="xs" variant="default" onClick={() => setDialog({ kind: 'create' })}>
            New file
          </Button>
        </div>
      ) : (
        <FileTree
          files={files}
          people={people}
          activeId={activeId}
          onOpen={onOpen}
          onRename={(node) => setDialog({ kind: 'rename', node })}
          onRemove={(node) => setDialog({ kind: 'remove', node })}
        />
      )}
      <FileDialogs
        session={session}
        dialog={dialog}
        onClose={() => setDialog(null)}
        onCreated={onOpen}
      />
    </div>
  );
}
