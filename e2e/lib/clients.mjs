// SPDX-License-Identifier: MIT
// Unmodified clients from npm, and a plain-text one.
import * as Y from 'yjs';
import WebSocket from 'ws';
import * as v3 from 'y-websocket';
import * as v2 from 'y-websocket-2';
import * as encoding from 'lib0/encoding';
import * as decoding from 'lib0/decoding';
import { until } from './until.mjs';

const PROVIDERS = { v2: v2.WebsocketProvider, v3: v3.WebsocketProvider };

/** A Yjs client in a room; BroadcastChannel is off, so all goes through the server. */
export class YjsClient {
  constructor(server, roomId, { version = 'v3', path = '/api/v1/yjs', protocols = [], connect = true } = {}) {
    this.doc = new Y.Doc();
    this.provider = new PROVIDERS[version](`${server.ws}${path}`, roomId, this.doc, {
      WebSocketPolyfill: WebSocket,
      disableBc: true,
      protocols,
      connect,
      maxBackoffTime: 300,
    });
    this.savedToken = 0;
    this.token = 0;
    this.closes = [];
    this.provider.on('connection-close', (event) => event && this.closes.push(event.code));
    this.provider.messageHandlers[16] = (_encoder, decoder) => {
      this.savedToken = Math.max(this.savedToken, decoding.readVarUint(decoder));
    };
  }

  synced() {
    return until('the first sync', () => this.provider.synced);
  }

  /** The main file's text. */
  text() {
    const files = this.doc.getMap('files');
    const id = this.doc.getMap('meta').get('main');
    const file = files.get(id) ?? [...files.values()][0];
    return file?.get('text');
  }

  /** Ask for the server's word that all before is on disk; returns a function that tells whether it came. */
  requestSaved() {
    const token = ++this.token;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, 16);
    encoding.writeVarUint(encoder, token);
    this.provider.ws.send(encoding.toUint8Array(encoder));
    return () => this.savedToken >= token;
  }

  async saved(ms) {
    const done = this.requestSaved();
    await until('the edits to be saved', done, ms);
  }

  destroy() {
    this.provider.destroy();
    this.doc.destroy();
  }
}

/** What wscat does: whole texts in text frames. */
export class PlainClient {
  constructor(server, roomId, { headers = {} } = {}) {
    this.texts = [];
    this.socket = new WebSocket(`${server.ws}/api/v1/ws/${roomId}`, { headers });
    this.socket.on('message', (data, isBinary) => {
      if (isBinary) return;
      this.texts.push(data.toString());
      this.screen = this.text; // what its user looks at
    });
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    this.socket.on('error', (error) => (this.error = error));
  }

  get text() {
    return this.texts.at(-1);
  }

  async open() {
    await until('the first text', () => this.texts.length > 0);
    return this;
  }

  send(text) {
    this.screen = text;
    this.socket.send(text);
  }

  destroy() {
    this.socket.terminate();
  }
}

/** Byte-equal state, as Yjs encodes it. */
export function sameState(a, b) {
  const left = Buffer.from(Y.encodeStateAsUpdate(a));
  const right = Buffer.from(Y.encodeStateAsUpdate(b));
  return left.equals(right);
}

/** A small generator that repeats from its seed. */
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { next, int: (n) => Math.floor(next() * n), pick: (list) => list[Math.floor(next() * list.length)] };
}
