import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { WebSocket, WebSocketServer } from 'ws';
import type { EventLoopShare } from '../../limits/eventLoopShare';
import { networkOf } from '../../limits/subjects';
import type { ClientAddress } from '../net/clientAddress';
import type { HostCheck } from '../net/hostCheck';
import { ConnectionCounter } from '../net/connectionCounter';

interface UpgradeParts {
  sockets: WebSocketServer;
  hosts: HostCheck;
  addressOf: ClientAddress;
  perAddress: number;
  logger: Logger;
  loop: EventLoopShare;
  onOpen: (socket: WebSocket, request: IncomingMessage) => void;
}

/** Turns requests into websockets, on our path, from our pages and from scripts. */
export function acceptUpgrades(parts: UpgradeParts) {
  const { sockets, hosts, addressOf, perAddress, logger, loop, onOpen } = parts;
  const addresses = new ConnectionCounter(perAddress);
  const ignoreBroken = (error: Error) => logger.debug({ err: error }, 'socket');
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // A broken connection concerns its client only, and must not end the process.
    socket.on('error', ignoreBroken);
    const [path] = (request.url ?? '').split('?');
    if (path !== '/graphql' || !hosts.allows(request) || !hosts.isSameOrigin(request))
      return refuse(socket, '403 Forbidden');
    const network = networkOf(addressOf(request));
    const leave = addresses.enter(network);
    if (!leave) return refuse(socket, '429 Too Many Requests');
    socket.once('close', leave);
    const open = () =>
      sockets.handleUpgrade(request, socket, head, (opened) => {
        opened.on('error', ignoreBroken);
        onOpen(opened, request);
      });
    const turn = loop.wait(`upgrade ${network}`);
    if (turn) void turn.then(open);
    else open();
  };
}

const refuse = (socket: Duplex, status: string): void =>
  void socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
