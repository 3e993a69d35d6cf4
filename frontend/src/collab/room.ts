import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { connect } from './connection';
import { createFiles, createTitle } from './files';
import { watchIdle } from './idle';
import { createPresence } from './presence';
import type { OpenRoomOptions, RoomSession } from './types';

/** Enters a room. Whoever opens it closes it. */
export function openRoom({ roomId, user, serverUrl }: OpenRoomOptions): RoomSession {
  const origin = (serverUrl ?? globalThis.location.origin).replace(/\/+$/, '');
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  const files = createFiles(doc);
  const title = createTitle(doc);
  const presence = createPresence(doc, awareness, files, user);
  const page = globalThis.document as Document | undefined;
  const stopIdle = page === undefined ? null : watchIdle(page, presence.setIdle);
  let open = true;
  const connection = connect({ doc, awareness, roomId, origin });

  return {
    roomId,
    clientId: doc.clientID,
    connection: connection.store,
    saved: connection.saved,
    files,
    title,
    people: presence.people,
    presence,
    doc,
    awareness,
    download: () =>
      new Map(
        files.get().map(({ id, displayPath }) => [displayPath, files.text(id)?.toString() ?? '']),
      ),
    exportUpdate: () => Y.encodeStateAsUpdate(doc),
    hasUnsaved: connection.hasUnsaved,
    reconnect: connection.reconnect,
    close: () => {
      if (!open) return;
      open = false;
      stopIdle?.();
      presence.dispose();
      connection.close();
      files.dispose();
      title.dispose();
      doc.destroy();
    },
  };
}
