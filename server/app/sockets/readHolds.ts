import type { WebSocket } from 'ws';

/** Reads a websocket only while nothing holds it back. */
export class ReadHolds {
  private count = 0;

  constructor(private readonly socket: WebSocket) {}

  /** Stops reading until the result is called. */
  hold(): () => void {
    this.count++;
    this.socket.pause();
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      if (--this.count === 0) this.socket.resume();
    };
  }
}
