import { ActionIcon, Tooltip, UnstyledButton } from '@mantine/core';
import { IconDownload, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { RoomFile } from '../../collab/types';
import classes from './FileTabs.module.css';
import { type Tabs, tabLabels } from './tabs';

interface FileTabsProps {
  readonly tabs: Tabs;
  readonly files: readonly RoomFile[];
  readonly onOpen: (fileId: string) => void;
  readonly onClose: (fileId: string) => void;
  readonly onStep: (by: 1 | -1) => void;
  readonly onDownload: (file: RoomFile) => void;
}

/**
 * The open files. A list of buttons, not an ARIA tablist: a tab there may not
 * hold a second button, and each of these can be closed.
 */
export function FileTabs({ tabs, files, onOpen, onClose, onStep, onDownload }: FileTabsProps) {
  const open = tabs.open.flatMap((id) => files.find((file) => file.id === id) ?? []);
  const labels = tabLabels(open.map((file) => file.displayPath));
  const active = open.find((file) => file.id === tabs.active);
  const list = useRef<HTMLUListElement>(null);

  useEffect(() => {
    const tab = list.current?.querySelector('[aria-current]');
    tab?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' });
    // Keyboard focus stays with the current tab.
    if (tab instanceof HTMLElement && list.current?.contains(document.activeElement)) tab.focus();
  }, [tabs.active]);

  const onKeyDown = (event: KeyboardEvent, fileId: string) => {
    if (event.key === 'Delete') onClose(fileId);
    else if (event.key === 'ArrowRight') onStep(1);
    else if (event.key === 'ArrowLeft') onStep(-1);
    else return;
    event.preventDefault();
  };

  return (
    <nav className={classes['bar']} aria-label="Open files">
      <ul ref={list} className={classes['list']}>
        {open.map((file, index) => {
          const label = labels[index] ?? file.displayPath;
          return (
            <li key={file.id} className={classes['tab']} data-active={file === active || undefined}>
              <UnstyledButton
                className={classes['open']}
                aria-current={file === active ? 'true' : undefined}
                title={file.displayPath}
                data-testid="tab"
                data-path={file.displayPath}
                onClick={() => onOpen(file.id)}
                onAuxClick={(event) => {
                  if (event.button === 1) onClose(file.id);
                }}
                onKeyDown={(event) => onKeyDown(event, file.id)}
              >
                {label}
              </UnstyledButton>
              <UnstyledButton
                className={classes['close']}
                aria-label={`Close ${label}`}
                data-testid="tab-close"
                onClick={() => onClose(file.id)}
              >
                <IconX size={13} aria-hidden />
              </UnstyledButton>
            </li>
          );
        })}
      </ul>
      {active ? (
        <Tooltip label={`Download ${active.displayPath}`}>
          <ActionIcon
            variant="subtle"
            color="gray"
            mr={6}
            aria-label={`Download ${active.displayPath}`}
            data-testid="download-file"
            onClick={() => onDownload(active)}
          >
            <IconDownload size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      ) : null}
    </nav>
  );
}
