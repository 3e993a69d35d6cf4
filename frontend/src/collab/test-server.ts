/**
 * A room server for tests, speaking y-protocol as the real one does, with
 * handles to stall it, cut it off and look at what arrived in which order.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness';
import * as sync from 'y-protocols/sync';
import { type WebSocket, WebSocketServer } from 'ws';
import * as Y from 'yjs';

export interface TestServer {
  readonly url: string;
  readonly doc: Y.Doc;
  /** Kinds in order of arrival: `step1`, `step2`, `update`, `awareness`, `saved`. */
  readonly received: string[];
  /** What the room route and the upgrade answer; 200 opens the room. */
  answer: { status: number; detail?: string };
  /** While true, tokens are kept and not returned. */
  stalled: boolean;
  /** Returns the tokens kept while stalled. */
  readonly release: () => void;
  /** Closes every connection. Without a code: as a killed process does. */
  readonly cut: (code?: number, reason?: string) => void;
  readonly stop: () => Promise<void>;
}

const message = (write: (encoder: encoding.Encoder) => void): Uint8Array => {
  const encoder = encoding.createEncoder();
  write(encoder);
  return encoding.toUint8Array(encoder);
};

export async function startTestServer(port = 0, doc = new Y.Doc()): Promise<TestServer> {
  const awareness = new Awareness(doc);
  awareness.setLocalState(null);
  const clients = new Map<WebSocket, Set<number>>();
  const received: string[] = [];
  const kept: (() => void)[] = [];

  const http = createServer((_request, response) => {
    const { status, detail } = server.answer;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(detail === undefined ? {} : { detail }));
  });
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has('yoke.v1') ? 'yoke.v1' : false),
  });

  const broadcast = (data: Uint8Array, except?: WebSocket): void => {
    for (const client of clients.keys()) if (client !== except) client.send(data);
  };
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    broadcast(
      message((encoder) => {
        encoding.writeVarUint(encoder, 0);
        sync.writeUpdate(encoder, update);
      }),
      origin as WebSocket,
    );
  });
  awareness.on('update', (change: { added: number[]; updated: number[]; removed: number[] }, origin: unknown) => {
    const all = [...change.added, ...change.updated, ...change.removed];
    const own = clients.get(origin as WebSocket);
    for (const id of change.added) own?.add(id);
    broadcast(awarenessMessage(all));
  });
  const awarenessMessage = (ids: number[]): Uint8Array =>
    message((encoder) => {
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(awareness, ids));
    });

  function onMessage(socket: WebSocket, data: Uint8Array): void {
    const decoder = decoding.createDecoder(data);
    const type = decoding.readVarUint(decoder);
    if (type === 0) {
      received.push(['step1', 'step2', 'update'][decoding.peekVarUint(decoder)] ?? 'unknown');
      const reply = message((encoder) => {
        encoding.writeVarUint(encoder, 0);
        sync.readSyncMessage(decoder, encoder, doc, socket);
      });
      if (reply.length > 1) socket.send(reply);
    } else if (type === 1) {
      received.push('awareness');
      applyAwarenessUpdate(awareness, decoding.readVarUint8Array(decoder), socket);
    } else if (type === 16) {
      received.push('saved');
      const back = (): void => socket.send(data);
      if (server.stalled) kept.push(back);
      else back();
    }
  }

  function onOpen(socket: WebSocket): void {
    clients.set(socket, new Set());
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data) => onMessage(socket, new Uint8Array(data as Buffer)));
    socket.on('close', () => {
      const ids = [...(clients.get(socket) ?? [])];
      clients.delete(socket);
      removeAwarenessStates(awareness, ids, null);
    });
    socket.send(
      message((encoder) => {
        encoding.writeVarUint(encoder, 0);
        sync.writeSyncStep1(encoder, doc);
      }),
    );
    if (awareness.states.size > 0) socket.send(awarenessMessage([...awareness.states.keys()]));
  }

  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (server.answer.status !== 200) {
      socket.end(`HTTP/1.1 ${server.answer.status} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, onOpen);
  });
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));

  const cut = (code?: number, reason?: string): void => {
    kept.length = 0;
    for (const client of clients.keys()) code === undefined ? client.terminate() : client.close(code, reason);
  };
  const server: TestServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    doc,
    received,
    answer: { status: 200 },
    stalled: false,
    release: () => {
      server.stalled = false;
      for (const back of kept.splice(0)) back();
    },
    cut,
    stop: async () => {
      cut();
      awareness.destroy();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}

/** The document as the server makes it: one main file. */
export function seedRoom(doc: Y.Doc, text = '', path = 'main.py'): Y.Text {
  const file = new Y.Map<unknown>();
  const shared = new Y.Text(text);
  doc.transact(() => {
    file.set('path', path);
    file.set('text', shared);
    doc.getMap('files').set('main-id', file);
    doc.getMap('meta').set('main', 'main-id');
    doc.getMap('meta').set('title', 'Pilots');
  });
  return shared;
}
