import { Alert, Button, Group, Modal, NativeSelect, Popover, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconHistory } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { RoomSession } from '../../collab/types';
import { Loading } from '../../components/Loading';
import { messageOf } from '../api/client';
import { type HistoryPoint, restoreMoment } from '../api/history';
import { useIdentity } from '../identity/identity';
import { editsText } from '../status/statusText';
import { ChangePane } from './ChangePane';
import classes from './History.module.css';
import { Timeline } from './Timeline';
import { authorText, compareMoments, fileLabel, fileToShow, timeText } from './moments';
import { type HistoryView, useHistory } from './useHistory';

interface HistoryDialogProps {
  readonly session: RoomSession;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** The room's time line: drag to watch it being written, see who wrote what, bring a moment back. */
export function HistoryDialog({ session, opened, onClose }: HistoryDialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="History"
      fullScreen
      classNames={{ content: classes['dialog'] ?? '', body: classes['body'] ?? '' }}
      transitionProps={{ transition: 'fade' }}
    >
      <History session={session} onClose={onClose} />
    </Modal>
  );
}

function History({ session, onClose }: { session: RoomSession; onClose: () => void }) {
  const history = useHistory(session.roomId);
  const { points, moment, error } = history;
  if (points === null || (moment === null && points.length > 0)) {
    return error === null ? <Loading label="Reading the history" /> : <Failure message={error} />;
  }
  const point = points[history.index];
  if (point === undefined || moment === null) return <Text>Nothing was written here yet.</Text>;
  return <Moments session={session} history={history} points={points} point={point} onClose={onClose} />;
}

function Failure({ message }: { message: string }) {
  return (
    <Alert color="red" title="The history cannot be shown" role="alert">
      {message}
    </Alert>
  );
}

interface MomentsProps {
  readonly session: RoomSession;
  readonly history: HistoryView;
  readonly points: readonly HistoryPoint[];
  readonly point: HistoryPoint;
  readonly onClose: () => void;
}

function Moments({ session, history, points, point, onClose }: MomentsProps) {
  const { moment, before, index, busy, error, go } = history;
  const [looking, setLooking] = useState<string | null>(null);
  /** What was chosen by hand at this very moment wins over where something happened. */
  const [chosenAt, setChosenAt] = useState<number | null>(null);
  const files = useMemo(() => (moment === null ? [] : compareMoments(before, moment)), [before, moment]);
  const path = chosenAt === index ? looking : fileToShow(files, looking);
  const file = files.find((one) => one.path === path) ?? null;

  return (
    <>
      {error === null ? null : <Failure message={error} />}
      <div className={classes['head']}>
        <NativeSelect
          aria-label="File"
          value={path ?? ''}
          data={files.map((one) => ({ value: one.path, label: fileLabel(one) }))}
          onChange={(event) => {
            setLooking(event.currentTarget.value);
            setChosenAt(index);
          }}
          data-testid="history-file"
        />
        <p className={classes['who']} aria-live="polite" data-testid="history-point" data-busy={busy || undefined}>
          <strong>{authorText(point)}</strong> · {timeText(point.at, Date.now())} · {editsText(point.updates)}
        </p>
        <Restore session={session} point={point} isLast={index === points.length - 1} onDone={onClose} />
      </div>
      <ChangePane file={file} />
      <Timeline points={points} index={index} busy={busy} onGo={go} />
    </>
  );
}

interface RestoreProps {
  readonly session: RoomSession;
  readonly point: HistoryPoint;
  readonly isLast: boolean;
  readonly onDone: () => void;
}

function Restore({ session, point, isLast, onDone }: RestoreProps) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);

  const restore = async () => {
    setBusy(true);
    try {
      await restoreMoment(useIdentity.getState(), session.roomId, point.seq);
      notifications.show({ message: `The room is as it was at ${timeText(point.at, Date.now())}.` });
      onDone();
    } catch (failure) {
      setBusy(false);
      setAsking(false);
      notifications.show({ color: 'red', title: 'Nothing was brought back', message: messageOf(failure) });
    }
  };

  return (
    <Popover opened={asking} onChange={setAsking} position="bottom-end" shadow="md" width={300} trapFocus>
      <Popover.Target>
        <Button
          leftSection={<IconHistory size={16} aria-hidden />}
          disabled={isLast}
          onClick={() => setAsking(!asking)}
          data-testid="history-restore"
        >
          Restore
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Restore this moment">
        <Text size="sm">
          All files become what they were, for everyone in the room. What was written since stays in the
          history.
        </Text>
        <Group justify="flex-end" mt="md" gap="sm">
          <Button variant="default" size="xs" onClick={() => setAsking(false)} data-autofocus>
            Cancel
          </Button>
          <Button size="xs" loading={busy} onClick={() => void restore()} data-testid="history-restore-confirm">
            Restore
          </Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}
