// SPDX-License-Identifier: MIT
// A wire that can be cut: TCP from a loopback port to the server.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

export class Wire {
  static async to(server) {
    const wire = new Wire();
    wire.open = true;
    wire.sockets = new Set();
    wire.listener = createServer((near) => {
      if (!wire.open) {
        near.destroy();
        return;
      }
      const far = connect(server.port, '127.0.0.1');
      for (const socket of [near, far]) {
        wire.sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => {
          wire.sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      near.pipe(far);
      far.pipe(near);
    });
    wire.listener.listen(0, '127.0.0.1');
    await once(wire.listener, 'listening');
    wire.url = `http://127.0.0.1:${wire.listener.address().port}`;
    return wire;
  }

  cut() {
    this.open = false;
    for (const socket of this.sockets) socket.destroy();
  }

  mend() {
    this.open = true;
  }

  async remove() {
    this.cut();
    this.listener.close();
    await once(this.listener, 'close');
  }
}
