import { ActionIcon, Button, Group, Menu, Modal, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDotsVertical, IconDownload, IconHistory, IconHome, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { RoomSession } from '../../collab/types';
import { useStore } from '../../hooks/useStore';
import { deleteRoom, messageOf } from '../api/client';
import { HistoryDialog } from '../history/HistoryDialog';
import { useIdentity } from '../identity/identity';
import { useRecentRooms } from '../rooms/recentRooms';

interface RoomMenuProps {
  readonly session: RoomSession;
  readonly onDownloadAll: () => void;
}

export function RoomMenu({ session, onDownloadAll }: RoomMenuProps) {
  const [confirming, setConfirming] = useState(false);
  const [historyOpen, setHistoryOpen] = useState(false);
  const hasMail = useIdentity((identity) => identity.mail !== '');
  const createdHere = useRecentRooms((recent) =>
    recent.rooms.some((room) => room.roomId === session.roomId && room.mine),
  );
  // Who gave a mail may have created the room elsewhere: the server knows.
  const mayDelete = createdHere || hasMail;
  return (
    <>
      <Menu position="bottom-end" shadow="md" width={220}>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label="Room menu"
            title="Room menu"
            data-testid="room-menu"
          >
            <IconDotsVertical size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconHistory size={16} aria-hidden />}
            onClick={() => setHistoryOpen(true)}
            data-testid="menu-history"
          >
            History…
          </Menu.Item>
          <Menu.Item
            leftSection={<IconDownload size={16} aria-hidden />}
            onClick={onDownloadAll}
            data-testid="menu-download-zip"
          >
            Download all files
          </Menu.Item>
          <Menu.Item component="a" href="/" leftSection={<IconHome size={16} aria-hidden />}>
            Leave the room
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            c="var(--yoke-bad)"
            disabled={!mayDelete}
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => setConfirming(true)}
            data-testid="delete-room"
          >
            {mayDelete ? 'Delete room…' : 'Delete (creator only)'}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <HistoryDialog session={session} opened={historyOpen} onClose={() => setHistoryOpen(false)} />
      <Modal
        opened={confirming}
        onClose={() => setConfirming(false)}
        title="Delete this room"
        centered
      >
        <DeleteForm session={session} onClose={() => setConfirming(false)} />
      </Modal>
    </>
  );
}

function DeleteForm({ session, onClose }: { session: RoomSession; onClose: () => void }) {
  const title = useStore(session.title);
  const [busy, setBusy] = useState(false);

  const remove = async () => {
    setBusy(true);
    try {
      await deleteRoom(useIdentity.getState(), session.roomId);
      useRecentRooms.getState().forget(session.roomId);
      session.close();
      window.location.assign('/');
    } catch (error) {
      setBusy(false);
      onClose();
      notifications.show({
        color: 'red',
        title: 'The room was not deleted',
        message: messageOf(error),
      });
    }
  };

  return (
    <>
      <Text size="sm">
        “{title || 'Untitled room'}”, its files and its history will be gone for everyone, for good.
      </Text>
      <Group justify="flex-end" mt="lg" gap="sm">
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep
        </Button>
        <Button
          color="red.8"
          loading={busy}
          onClick={() => void remove()}
          data-testid="confirm-delete-room"
        >
          Delete room
        </Button>
      </Group>
    </>
  );
}
