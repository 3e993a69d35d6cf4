import { Button } from '@mantine/core';
import { useState } from 'react';
import { Loading } from '../components/Loading';
import { MessagePage } from '../components/MessagePage';
import { NameDialog } from '../features/identity/NameDialog';
import { useIdentity } from '../features/identity/identity';
import { preloadEditor } from '../features/editorPane/useCodeEditor';
import { RoomView } from '../features/room/RoomView';
import { useRoomSession } from '../features/room/useRoomSession';
import { isRoomId } from '../features/rooms/roomLink';
import { useDocumentTitle } from '../hooks/useDocumentTitle';

// The editor is the largest part: fetch it while the name is asked and the room opens.
preloadEditor();

export function EditorPage({ roomId }: { roomId: string }) {
  const named = useIdentity((identity) => identity.name !== '');
  if (!isRoomId(roomId)) return <BadLink />;
  return named ? <OpenRoom roomId={roomId} /> : <AskName />;
}

function OpenRoom({ roomId }: { roomId: string }) {
  const session = useRoomSession(roomId);
  const [editingName, setEditingName] = useState(false);
  return (
    <>
      {session ? (
        <RoomView session={session} onEditName={() => setEditingName(true)} />
      ) : (
        <Loading label="Opening the room" />
      )}
      <NameDialog
        opened={editingName}
        onSaved={() => setEditingName(false)}
        onClose={() => setEditingName(false)}
      />
    </>
  );
}

function AskName() {
  useDocumentTitle('Join the room');
  return (
    <main>
      <h1 className="visually-hidden">Join the room</h1>
      <NameDialog opened onSaved={() => undefined} />
    </main>
  );
}

function BadLink() {
  useDocumentTitle('Not a room');
  return (
    <MessagePage
      heading="This link does not lead to a room"
      text="It may have been cut off. Check that the whole link was copied, or ask for it again."
      testId="refused"
    >
      <Button component="a" href="/">
        Go to the start page
      </Button>
    </MessagePage>
  );
}
