import type { RoomFiles } from '../../collab/types';
import { type TreeNode, filesUnder } from './tree';

/** File id → new path, when `node` (a file, or a folder with all in it) becomes `path`. */
export function renamePaths(node: TreeNode, path: string): Map<string, string> {
  if (node.kind === 'file') return new Map([[node.file.id, path]]);
  return new Map(
    filesUnder(node).map((file) => [file.id, `${path}/${file.displayPath.slice(node.key.length)}`]),
  );
}

/** Null when all of `node` may move to `path`, otherwise a sentence. */
export function checkRename(
  files: Pick<RoomFiles, 'checkPath'>,
  node: TreeNode,
  path: string,
): string | null {
  if (node.kind === 'folder' && `${path}/` === node.key) return null;
  if (node.kind === 'folder' && path.endsWith('/')) return 'Leave out the “/” at the end.';
  for (const [id, to] of renamePaths(node, path)) {
    const problem = files.checkPath(to, id);
    if (problem !== null) return problem;
  }
  return null;
}
