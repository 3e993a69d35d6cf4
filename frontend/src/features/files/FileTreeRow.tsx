import { ActionIcon, Menu } from '@mantine/core';
import {
  IconChevronDown,
  IconChevronRight,
  IconDots,
  IconFile,
  IconPencil,
  IconTrash,
} from '@tabler/icons-react';
import type { Person } from '../../collab/types';
import { listText } from '../announce/changes';
import classes from './FileTree.module.css';
import type { TreeRow } from './tree';

interface FileTreeRowProps {
  readonly row: TreeRow;
  readonly active: boolean;
  readonly tabStop: boolean;
  readonly people: readonly Person[];
  readonly onFocus: () => void;
  readonly onActivate: () => void;
  readonly onRename: () => void;
  readonly onRemove: () => void;
}

export function FileTreeRow(props: FileTreeRowProps) {
  const { row, active, tabStop, people, onFocus, onActivate } = props;
  const { node } = row;
  const isFolder = node.kind === 'folder';
  const here = isFolder
    ? []
    : people.filter((person) => !person.isSelf && person.fileId === node.file.id);
  const label =
    here.length > 0 ? `${node.name}, ${listText(here.map((p) => p.name))} here` : node.name;
  return (
    <li
      role="treeitem"
      className={classes['row']}
      style={{ paddingLeft: `${(row.level - 1) * 0.875 + 0.375}rem` }}
      aria-label={label}
      aria-level={row.level}
      aria-posinset={row.place}
      aria-setsize={row.siblings}
      aria-selected={active}
      aria-expanded={isFolder ? row.expanded : undefined}
      tabIndex={tabStop ? 0 : -1}
      title={isFolder ? node.key : node.file.displayPath}
      data-testid={isFolder ? 'tree-folder' : 'tree-file'}
      data-path={node.key}
      onFocus={(event) => {
        if (event.target === event.currentTarget) onFocus();
      }}
      onClick={onActivate}
    >
      <RowIcon isFolder={isFolder} expanded={row.expanded} />
      <span className={classes['name']}>{node.name}</span>
      {here.slice(0, 3).map((person) => (
        <span
          key={person.clientId}
          aria-hidden
          className={classes['dot']}
          style={{ backgroundColor: person.color }}
        />
      ))}
      <RowMenu {...props} />
    </li>
  );
}

function RowIcon({ isFolder, expanded }: { isFolder: boolean; expanded: boolean }) {
  const Icon = isFolder ? (expanded ? IconChevronDown : IconChevronRight) : IconFile;
  return <Icon size={15} stroke={1.6} className={classes['icon']} aria-hidden />;
}

function RowMenu({ row, tabStop, onRename, onRemove }: FileTreeRowProps) {
  return (
    // Events bubble through React's tree out of the menu's portal: keep them from the row.
    <span className={classes['menu']} onClick={(event) => event.stopPropagation()}>
      <Menu position="bottom-end" shadow="md" width={160} withinPortal>
        <Menu.Target>
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            tabIndex={tabStop ? 0 : -1}
            aria-label={`More for ${row.node.name}`}
            data-testid="tree-menu"
          >
            <IconDots size={15} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconPencil size={15} aria-hidden />}
            onClick={onRename}
            data-testid="rename-file"
          >
            Rename
          </Menu.Item>
          <Menu.Item
            c="var(--yoke-bad)"
            leftSection={<IconTrash size={15} aria-hidden />}
            onClick={onRemove}
            data-testid="delete-file"
          >
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}
