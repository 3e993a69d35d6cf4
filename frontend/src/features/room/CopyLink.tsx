import { Button, Modal, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCheck, IconLink } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { roomPath } from '../rooms/roomLink';
import { copyText, isLoopback } from './copyText';
import classes from './TopBar.module.css';

const SHOWN_MS = 2000;

export function CopyLink({ roomId }: { roomId: string }) {
  const [copied, setCopied] = useState(false);
  const [byHand, setByHand] = useState(false);
  const link = window.location.origin + roomPath(roomId);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async () => {
    if (!(await copyText(link))) {
      setByHand(true);
      return;
    }
    setCopied(true);
    notifications.show({
      title: 'Link copied',
      message: isLoopback(window.location.hostname)
        ? 'It works on this computer alone. For others, open this page by an address they can reach.'
        : 'Send it to whoever should write with you.',
    });
  };

  return (
    <>
      <Button
        size="xs"
        className={classes['share']}
        data-testid="copy-link"
        onClick={() => void copy()}
        leftSection={
          copied ? <IconCheck size={16} aria-hidden /> : <IconLink size={16} aria-hidden />
        }
      >
        <span className={classes['shareText']}>{copied ? 'Copied' : 'Copy link'}</span>
      </Button>
      <Modal opened={byHand} onClose={() => setByHand(false)} title="Link of this room" centered>
        <TextInput
          label="The browser does not let this page copy. Copy the link yourself:"
          value={link}
          readOnly
          data-autofocus
          data-testid="copy-link-text"
          onFocus={(event) => event.currentTarget.select()}
        />
      </Modal>
    </>
  );
}
