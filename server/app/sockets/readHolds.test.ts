import type { WebSocket } from 'ws';
import { ReadHolds } from './readHolds';

/** A socket that only knows whether it is read. */
function fakeSocket() {
  const socket = { isPaused: false, pause: () => {}, resume: () => {} };
  socket.pause = () => (socket.isPaused = true);
  socket.resume = () => (socket.isPaused = false);
  return socket;
}

test('a socket is read again when every hold is released', () => {
  const socket = fakeSocket();
  const holds = new ReadHolds(socket as unknown as WebSocket);
  const [first, second] = [holds.hold(), holds.hold()];
  first();
  first();
  expect(socket.isPaused).toBe(true);
  second();
  expect(socket.isPaused).toBe(false);
});
