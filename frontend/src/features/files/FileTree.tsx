import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { Person, RoomFile } from '../../collab/types';
import classes from './FileTree.module.css';
import { FileTreeRow } from './FileTreeRow';
import { type TreeNode, buildTree, treeKey, visibleRows } from './tree';

export interface FileTreeProps {
  readonly files: readonly RoomFile[];
  readonly people: readonly Person[];
  readonly activeId: string | null;
  readonly onOpen: (fileId: string) => void;
  readonly onRename: (node: TreeNode) => void;
  readonly onRemove: (node: TreeNode) => void;
}

/** The room's files as an ARIA tree: one tab stop, arrow keys inside. */
export function FileTree({ files, people, activeId, onOpen, onRename, onRemove }: FileTreeProps) {
  const nodes = useMemo(() => buildTree(files), [files]);
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const [focusKey, setFocusKey] = useState<string | null>(null);
  const tree = useRef<HTMLUListElement>(null);
  const moveFocus = useRef(false);
  const rows = visibleRows(nodes, collapsed);
  const activeKey = files.find((file) => file.id === activeId)?.displayPath;
  const keys = rows.map((row) => row.node.key);
  const tabStop = [focusKey, activeKey, keys[0]].find((key) => key != null && keys.includes(key));

  useEffect(() => {
    if (!moveFocus.current) return;
    moveFocus.current = false;
    tree.current?.querySelector<HTMLElement>('[role="treeitem"][tabindex="0"]')?.focus();
  });

  const setExpanded = (key: string, expanded: boolean) => {
    setCollapsed((now) => {
      const next = new Set(now);
      if (expanded) next.delete(key);
      else next.add(key);
      return next;
    });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // A row's menu handles its own keys.
    if (!(event.target instanceof HTMLElement) || event.target.role !== 'treeitem') return;
    const result = treeKey(event.key, rows, keys.indexOf(tabStop ?? ''));
    if (!result) return;
    event.preventDefault();
    if (result.kind === 'focus') {
      moveFocus.current = true;
      setFocusKey(result.key);
    } else if (result.kind === 'expand' || result.kind === 'collapse') {
      setExpanded(result.key, result.kind === 'expand');
    } else if (result.kind === 'open') {
      if (result.node.kind === 'file') onOpen(result.node.file.id);
    } else if (result.kind === 'rename') {
      onRename(result.node);
    } else if (result.kind === 'remove') {
      onRemove(result.node);
    }
  };

  return (
    <ul
      ref={tree}
      id="file-tree"
      className={classes['tree']}
      role="tree"
      aria-label="Files"
      data-testid="file-tree"
      onKeyDown={onKeyDown}
    >
      {rows.map((row) => (
        <FileTreeRow
          key={row.node.key}
          row={row}
          active={row.node.key === activeKey}
          tabStop={row.node.key === tabStop}
          people={people}
          onFocus={() => setFocusKey(row.node.key)}
          onActivate={() => {
            setFocusKey(row.node.key);
            if (row.node.kind === 'file') onOpen(row.node.file.id);
            else setExpanded(row.node.key, !row.expanded);
          }}
          onRename={() => onRename(row.node)}
          onRemove={() => onRemove(row.node)}
        />
      ))}
    </ul>
  );
}
