import { Button, Group, Modal, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { RoomSession } from '../../collab/types';
import { messageOf } from '../api/client';
import { checkRename, renamePaths } from './renaming';
import { type TreeNode, filesUnder } from './tree';

export type FileDialog =
  { readonly kind: 'create' } | { readonly kind: 'rename' | 'remove'; readonly node: TreeNode };

interface FileDialogsProps {
  readonly session: RoomSession;
  readonly dialog: FileDialog | null;
  readonly onClose: () => void;
  readonly onCreated: (fileId: string) => void;
}

export function FileDialogs({ session, dialog, onClose, onCreated }: FileDialogsProps) {
  return (
    <Modal opened={dialog !== null} onClose={onClose} title={titleOf(dialog)} centered>
      {dialog?.kind === 'create' ? (
        <PathForm
          initial=""
          action="Create"
          check={session.files.checkPath}
          onSubmit={(path) => {
            const id = session.files.create(path);
            onClose();
            onCreated(id);
          }}
        />
      ) : null}
      {dialog?.kind === 'rename' ? (
        <PathForm
          initial={pathOf(dialog.node)}
          action="Rename"
          check={(path) => checkRename(session.files, dialog.node, path)}
          onSubmit={(path) => {
            for (const [id, to] of renamePaths(dialog.node, path)) session.files.rename(id, to);
            onClose();
          }}
        />
      ) : null}
      {dialog?.kind === 'remove' ? (
        <RemoveForm session={session} node={dialog.node} onClose={onClose} />
      ) : null}
    </Modal>
  );
}

function titleOf(dialog: FileDialog | null): string {
  if (dialog === null) return '';
  if (dialog.kind === 'create') return 'New file';
  const what = dialog.node.kind === 'folder' ? 'folder' : 'file';
  return dialog.kind === 'rename' ? `Rename ${what}` : `Delete ${what}`;
}

function pathOf(node: TreeNode): string {
  return node.kind === 'folder' ? node.key.slice(0, -1) : node.file.displayPath;
}

interface PathFormProps {
  readonly initial: string;
  readonly action: string;
  readonly check: (path: string) => string | null;
  /** May throw: its message is shown. */
  readonly onSubmit: (path: string) => void;
}

function PathForm({ initial, action, check, onSubmit }: PathFormProps) {
  const [path, setPath] = useState(initial);
  const [error, setError] = useState<string | null>(null);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const problem = check(path.trim());
    setError(problem);
    if (problem !== null) return;
    try {
      onSubmit(path.trim());
    } catch (failure) {
      setError(messageOf(failure));
    }
  };

  return (
    <form onSubmit={submit} noValidate>
      <TextInput
        label="Path"
        description="A “/” makes folders: src/parser.py"
        value={path}
        onChange={(event) => {
          setPath(event.currentTarget.value);
          if (error !== null) setError(check(event.currentTarget.value.trim()));
        }}
        error={error}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        data-autofocus
        data-testid="file-path"
      />
      <Button type="submit" fullWidth mt="lg" data-testid="file-path-save">
        {action}
      </Button>
    </form>
  );
}

interface RemoveFormProps {
  readonly session: RoomSession;
  readonly node: TreeNode;
  readonly onClose: () => void;
}

function RemoveForm({ session, node, onClose }: RemoveFormProps) {
  const files = filesUnder(node);
  const what =
    node.kind === 'folder' && files.length > 1 ? `all ${files.length} files in it` : 'its text';
  return (
    <>
      <Text size="sm">
        “{pathOf(node)}” and {what} will be gone for everyone in the room.
      </Text>
      <Group justify="flex-end" mt="lg" gap="sm">
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep
        </Button>
        <Button
          color="red.8"
          data-testid="confirm-delete"
          onClick={() => {
            for (const file of files) session.files.remove(file.id);
            onClose();
          }}
        >
          Delete
        </Button>
      </Group>
    </>
  );
}
