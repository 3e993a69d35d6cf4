import { ActionIcon, Tooltip } from '@mantine/core';
import { IconLayoutSidebar } from '@tabler/icons-react';
import type { RoomSession } from '../../collab/types';
import { Logo } from '../../components/Logo';
import { ThemeToggle } from '../../components/ThemeToggle';
import { useStore } from '../../hooks/useStore';
import { PeopleBar } from '../people/PeopleBar';
import { SettingsPopover } from '../settings/SettingsPopover';
import { CopyLink } from './CopyLink';
import { RoomMenu } from './RoomMenu';
import { RoomTitle } from './RoomTitle';
import classes from './TopBar.module.css';

interface TopBarProps {
  readonly session: RoomSession;
  readonly following: number | null;
  readonly filesShown: boolean;
  readonly onToggleFiles: () => void;
  readonly onFollow: (clientId: number | null) => void;
  readonly onDownloadAll: () => void;
  readonly onEditName: () => void;
}

export function TopBar(props: TopBarProps) {
  const { session } = props;
  const people = useStore(session.people);
  const files = useStore(session.files);
  const title = useStore(session.title);
  const toggleText = props.filesShown ? 'Hide files' : 'Show files';
  return (
    <header className={classes['bar']}>
      <h1 className="visually-hidden">{title || 'Untitled room'}</h1>
      <a className={classes['home']} href="/" aria-label="Yoke, start page" title="Start page">
        <Logo size={26} />
      </a>
      <Tooltip label={toggleText}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={toggleText}
          aria-expanded={props.filesShown}
          data-testid="toggle-files"
          onClick={props.onToggleFiles}
        >
          <IconLayoutSidebar size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <RoomTitle session={session} />
      <PeopleBar
        people={people}
        files={files}
        following={props.following}
        onFollow={props.onFollow}
      />
      <CopyLink roomId={session.roomId} />
      <div className={classes['tools']}>
        <span className={classes['theme']}>
          <ThemeToggle />
        </span>
        <SettingsPopover onEditName={props.onEditName} />
        <RoomMenu session={session} onDownloadAll={props.onDownloadAll} />
      </div>
    </header>
  );
}
