import type { RoomFile } from '../../collab/types';

export interface FileNode {
  readonly kind: 'file';
  readonly name: string;
  /** Unique within the tree; a folder's ends in `/`. */
  readonly key: string;
  readonly file: RoomFile;
}

export interface FolderNode {
  readonly kind: 'folder';
  readonly name: string;
  readonly key: string;
  readonly children: readonly TreeNode[];
}

export type TreeNode = FileNode | FolderNode;

/** A row as shown: what the arrow keys walk over. */
export interface TreeRow {
  readonly node: TreeNode;
  /** From 1. */
  readonly level: number;
  /** Place among its siblings, from 1, and their number. */
  readonly place: number;
  readonly siblings: number;
  readonly parentKey: string | null;
  readonly expanded: boolean;
}

interface Draft {
  readonly folders: Map<string, Draft>;
  readonly files: FileNode[];
}

/** Folders first, then files, each by name. */
export function buildTree(files: readonly RoomFile[]): TreeNode[] {
  const root: Draft = { folders: new Map(), files: [] };
  for (const file of files) {
    const parts = file.displayPath.split('/').filter(Boolean);
    const name = parts.pop() ?? file.displayPath;
    let folder = root;
    for (const part of parts) {
      const next = folder.folders.get(part) ?? { folders: new Map(), files: [] };
      folder.folders.set(part, next);
      folder = next;
    }
    folder.files.push({ kind: 'file', name, key: file.displayPath, file });
  }
  return finish(root, '');
}

function finish(draft: Draft, prefix: string): TreeNode[] {
  const folders = [...draft.folders].map(([name, child]): FolderNode => {
    const key = `${prefix}${name}/`;
    return { kind: 'folder', name, key, children: finish(child, key) };
  });
  return [...folders.sort(byName), ...[...draft.files].sort(byName)];
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function byName(a: TreeNode, b: TreeNode): number {
  return collator.compare(a.name, b.name) || (a.name < b.name ? -1 : 1);
}

/** The rows to show, top to bottom, leaving out what is in collapsed folders. */
export function visibleRows(
  nodes: readonly TreeNode[],
  collapsed: ReadonlySet<string>,
  level = 1,
  parentKey: string | null = null,
): TreeRow[] {
  return nodes.flatMap((node, index) => {
    const expanded = node.kind === 'folder' && !collapsed.has(node.key);
    const row: TreeRow = {
      node,
      level,
      place: index + 1,
      siblings: nodes.length,
      parentKey,
      expanded,
    };
    return node.kind === 'folder' && expanded
      ? [row, ...visibleRows(node.children, collapsed, level + 1, node.key)]
      : [row];
  });
}

export function filesUnder(node: TreeNode): RoomFile[] {
  return node.kind === 'file' ? [node.file] : node.children.flatMap(filesUnder);
}

export type TreeKeyResult =
  | { readonly kind: 'focus'; readonly key: string }
  | { readonly kind: 'open' | 'rename' | 'remove'; readonly node: TreeNode }
  | { readonly kind: 'expand' | 'collapse'; readonly key: string };

/** What a key does in a tree whose focus is on `rows[at]`; null: nothing. */
export function treeKey(key: string, rows: readonly TreeRow[], at: number): TreeKeyResult | null {
  const row = rows[at];
  if (!row) return null;
  const focus = (target: TreeRow | undefined): TreeKeyResult | null =>
    target ? { kind: 'focus', key: target.node.key } : null;
  const isFolder = row.node.kind === 'folder';
  switch (key) {
    case 'ArrowDown':
      return focus(rows[at + 1]);
    case 'ArrowUp':
      return focus(rows[at - 1]);
    case 'Home':
      return focus(rows[0]);
    case 'End':
      return focus(rows[rows.length - 1]);
    case 'ArrowRight':
      if (!isFolder) return null;
      return row.expanded ? focus(rows[at + 1]) : { kind: 'expand', key: row.node.key };
    case 'ArrowLeft':
      if (row.expanded) return { kind: 'collapse', key: row.node.key };
      return focus(rows.find((other) => other.node.key === row.parentKey));
    case 'Enter':
    case ' ':
      if (!isFolder) return { kind: 'open', node: row.node };
      return { kind: row.expanded ? 'collapse' : 'expand', key: row.node.key };
    case 'F2':
      return { kind: 'rename', node: row.node };
    case 'Delete':
      return { kind: 'remove', node: row.node };
    default:
      return typeAhead(key, rows, at);
  }
}

function typeAhead(key: string, rows: readonly TreeRow[], at: number): TreeKeyResult | null {
  if ([...key].length !== 1) return null;
  const wanted = key.toLowerCase();
  const order = [...rows.slice(at + 1), ...rows.slice(0, at)];
  const found = order.find((row) => row.node.name.toLowerCase().startsWith(wanted));
  return found ? { kind: 'focus', key: found.node.key } : null;
}
