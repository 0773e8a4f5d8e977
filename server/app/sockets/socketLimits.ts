export interface SocketLimits {
  /** Open websockets of one address, signed in or not. */
  perAddress: number;
  /** Open websockets of one person. */
  perPerson: number;
  /** Subscriptions and operations of one websocket at once. */
  operations: number;
  /** Bytes of answers that may wait in one websocket. */
  bufferedBytes: number;
  /** A reader that takes nothing for this long has stalled. */
  stalledAfterMs: number;
}
