import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Operation, SlowConnection, Sockets } from '../queries';
import { headersOf, type Access } from './http';
import { patienceMs, type Verdict } from './result';

const socketUrl = ({ url }: Access) => `${url.replace(/^http/, 'ws')}/graphql`;

function open(access: Access): WebSocket {
  return new WebSocket(socketUrl(access), 'graphql-transport-ws', {
    ...(access.from && { localAddress: access.from }),
    handshakeTimeout: patienceMs.query,
    maxPayload: 256 * 1024 * 1024,
  });
}

interface Frame {
  type: string;
  payload?: unknown;
}

const init = (access: Access) =>
  JSON.stringify({ type: 'connection_init', payload: headersOf(access) });

/** Runs one operation on a socket of its own. A subscription ends with its first event. */
export function operate(
  access: Access,
  { query, variables, operationName }: Operation,
): Promise<Verdict> {
  const socket = open(access);
  let since = performance.now();
  const verdict = new Promise<Verdict>((resolve) => {
    const end = (outcome: Verdict['outcome'], what?: string) =>
      resolve({ outcome, ms: performance.now() - since, ...(what && { what }) });
    socket.on('error', () => end('refused'));
    socket.on('close', () => end('refused'));
    socket.on('open', () => socket.send(init(access)));
    socket.on('message', (data: Buffer) => {
      if (data.length > 256 * 1024) return end('ended');
      const frame = JSON.parse(data.toString()) as Frame;
      if (frame.type === 'connection_ack') {
        const payload = { query, variables, operationName };
        since = performance.now();
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
        // A subscription that is accepted may have nothing to say for a long time.
        if (/^\s*subscription/.test(query)) setTimeout(() => end('ended'), 1_000).unref();
      } else if (frame.type !== 'ping' && frame.type !== 'pong') {
        const text = JSON.stringify(frame.payload ?? null);
        if (text.includes('INTERNAL_SERVER_ERROR')) end('internal', text.slice(0, 200));
        else end(frame.type === 'error' ? 'refused' : 'ended');
      }
    });
    setTimeout(() => end('open', 'no answer'), patienceMs.query).unref();
  });
  return verdict.finally(() => socket.terminate());
}

/** Opens sockets at once, sends each its messages, and holds them. */
export async function flood(access: Access, payload: Sockets): Promise<Verdict> {
  const since = performance.now();
  let refused = 0;
  const sockets = Array.from({ length: payload.count }, () => {
    const socket = open(access);
    const refuse = () => refused++;
    socket.once('error', refuse);
    socket.on('error', () => {});
    socket.once('close', refuse);
    socket.once('open', () => socket.send(init(access)));
    socket.once('message', () => {
      if (!payload.reads) socket.pause();
      for (const message of payload.messages) socket.send(message);
    });
    return socket;
  });
  await delay(payload.holdMs);
  const outcome = refused > 0 ? 'refused' : 'ended';
  for (const socket of sockets) socket.terminate();
  return { outcome, ms: performance.now() - since, held: true };
}

/** Sends bytes slowly until the time is over, or the server closes the connection. */
export async function trickle(access: Access, payload: SlowConnection): Promise<Verdict> {
  const { hostname, port } = new URL(access.url);
  const since = performance.now();
  const bytes = Buffer.from(payload.text, 'latin1');
  let outcome: Verdict['outcome'] = 'ended';
  const socket = connect({
    ...{ host: hostname, port: Number(port) },
    ...(access.from && { localAddress: access.from }),
  });
  const closed = new Promise<void>((resolve) => {
    const refuse = () => {
      outcome = 'refused';
      resolve();
    };
    socket.once('error', refuse).once('end', refuse).once('close', refuse);
  });
  socket.resume();
  const step = Math.max(1, Math.ceil(payload.bytesPerSecond / 5));
  let at = 0;
  const timer = setInterval(() => {
    if (at < bytes.length && !socket.destroyed) socket.write(bytes.subarray(at, (at += step)));
  }, 200);
  await Promise.race([closed, delay(payload.holdMs)]);
  clearInterval(timer);
  const found = outcome;
  socket.destroy();
  return { outcome: found, ms: performance.now() - since, held: true };
}
