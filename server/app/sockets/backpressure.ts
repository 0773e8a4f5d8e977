import type { WebSocket } from 'ws';
import type { ReadHolds } from './readHolds';
import type { SocketLimits } from './socketLimits';

interface Reader {
  holds: ReadHolds;
  /** Set while answers wait for their reader. */
  release?: (() => void) | undefined;
  buffered: number;
  stalledMs: number;
}

const checkEveryMs = 500;
/** The server stops reading from a client when this share of its limit waits unread. */
const pausedShare = 1 / 8;

/**
 * Limits the unread answers of each client. First its own messages wait. A client that reads nothing
 * for too long, or has too much unread, is disconnected.
 */
export class Backpressure {
  private readonly readers = new Map<WebSocket, Reader>();
  private readonly timer = setInterval(() => this.checkAll(), checkEveryMs).unref();

  constructor(private readonly limits: SocketLimits) {}

  follow(socket: WebSocket, holds: ReadHolds): void {
    this.readers.set(socket, { holds, buffered: 0, stalledMs: 0 });
    socket.once('close', () => this.readers.delete(socket));
  }

  /** Call it when something was sent. */
  check(socket: WebSocket): void {
    const { bufferedBytes } = this.limits;
    const reader = this.readers.get(socket);
    if (!reader) return;
    if (socket.bufferedAmount > bufferedBytes) socket.terminate();
    else if (socket.bufferedAmount > bufferedBytes * pausedShare)
      reader.release ??= reader.holds.hold();
    else {
      reader.release?.();
      reader.release = undefined;
    }
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private checkAll(): void {
    for (const [socket, reader] of this.readers) {
      const buffered = socket.bufferedAmount;
      const isTaking = buffered === 0 || buffered < reader.buffered;
      reader.stalledMs = isTaking ? 0 : reader.stalledMs + checkEveryMs;
      reader.buffered = buffered;
      if (reader.stalledMs >= this.limits.stalledAfterMs) socket.terminate();
      else this.check(socket);
    }
  }
}
