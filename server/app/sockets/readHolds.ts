import type { WebSocket } from 'ws';

/** Reads a websocket only while nothing holds it back. */
export class ReadHolds {
  private readonly reasons = new Set<string>();

  constructor(private readonly socket: WebSocket) {}

  hold(reason: string): void {
    this.reasons.add(reason);
    this.socket.pause();
  }

  release(reason: string): void {
    if (this.reasons.delete(reason) && this.reasons.size === 0) this.socket.resume();
  }
}
