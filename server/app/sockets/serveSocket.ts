import { CloseCode, type Server } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';
import { operationLimits } from '../../graphql/operations/operationLimits';
import { nestsDeeperThan } from '../../graphql/operations/nesting';
import type { ReadHolds } from './readHolds';
import type { SocketClient } from './socketOperations';
import { endSocket } from './socketSessions';

/** How often a client is asked whether it is still there. */
const heartbeatMs = 12_000;

interface ServedSocket {
  graphql: Server<SocketClient>;
  client: SocketClient;
  holds: ReadHolds;
  /** Waits for the event loop. Undefined if the message may be read now. */
  turn: () => Promise<void> | undefined;
  /** Called after each message that was sent. */
  onSent: () => void;
  /** Told what graphql-ws did not expect. */
  onError: (error: unknown) => void;
}

/** Connects a websocket with graphql-ws: its messages, its answers and its end. */
export function serveSocket({ graphql, client, holds, turn, onSent, onError }: ServedSocket): void {
  const { socket } = client;
  const fail = (error: unknown) => {
    onError(error);
    endSocket(socket, CloseCode.InternalServerError, 'Internal server error');
  };
  const closed = graphql.opened(
    {
      protocol: socket.protocol,
      send: (text) => {
        const sent = send(socket, text);
        onSent();
        return sent;
      },
      close: (code, reason) => endSocket(socket, code ?? CloseCode.BadRequest, reason ?? ''),
      onMessage: (handle) => {
        const read = (data: RawData) => readMessage(socket, data, handle).catch(fail);
        socket.on('message', (data) => {
          if (isTooLarge(client, data))
            return endSocket(
              socket,
              CloseCode.BadRequest,
              'The message is too large. Sign in first',
            );
          const waiting = turn();
          if (!waiting) return void read(data);
          const release = holds.hold();
          void waiting.then(() => {
            release();
            void read(data);
          });
        });
      },
    },
    client,
  );
  socket.once('close', (code, reason) => {
    void Promise.resolve(closed(code, reason.toString())).catch(onError);
  });
  endWhenGone(socket);
}

/** A client that has not signed in may send messages of the same size as HTTP request bodies. */
const isTooLarge = ({ session }: SocketClient, data: RawData): boolean =>
  session?.personId === undefined && lengthOf(data) > operationLimits.maxAnonymousBodyBytes;

const lengthOf = (data: RawData): number =>
  Array.isArray(data) ? data.reduce((sum, part) => sum + part.length, 0) : data.byteLength;

/** An answer that could not be sent is dropped: its client has gone. */
const send = (socket: WebSocket, text: string): Promise<void> =>
  new Promise((resolve) => {
    if (socket.readyState === socket.OPEN) socket.send(text, () => resolve());
    else resolve();
  });

/**
 * Hands on a message. A socket that is closing is not listened to: its client may have sent thousands
 * of messages that nobody will answer.
 */
async function readMessage(
  socket: WebSocket,
  data: RawData,
  handle: (text: string) => Promise<void>,
): Promise<void> {
  if (socket.readyState !== socket.OPEN) return;
  const text = textOf(data);
  if (nestsDeeperThan(operationLimits.maxNesting, text))
    return endSocket(socket, CloseCode.BadRequest, 'The message is nested too deep');
  await handle(text);
}

const textOf = (data: RawData): string =>
  Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data as Buffer).toString();

/** Ends a socket whose client has gone without closing it. */
function endWhenGone(socket: WebSocket): void {
  let answered = true;
  socket.on('pong', () => (answered = true));
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, heartbeatMs).unref();
  socket.once('close', () => clearInterval(timer));
}
