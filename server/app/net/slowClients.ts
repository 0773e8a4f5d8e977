import type { Request, RequestHandler } from 'express';
import type { Server } from 'node:http';
import { networkOf } from '../../limits/subjects';
import { ConnectionCounter } from './connectionCounter';

export interface ConnectionLimits {
  /** Open connections of one address. */
  perAddress: number;
  /** Open connections in all. */
  total: number;
}

const headerSeconds = 10;
/** A connection that neither sends nor takes anything for this long is closed. */
const idleSeconds = 120;
const bodySeconds = 20;
/** A body that arrives more slowly is given up. A phone on a poor network sends ten times more. */
const minBytesPerSecond = 1_024;
const checkEveryMs = 5_000;

/** Gives every connection of the server a time for its headers and for silence, and caps them. */
export function limitConnections(server: Server, { perAddress, total }: ConnectionLimits): void {
  server.headersTimeout = headerSeconds * 1_000;
  server.timeout = idleSeconds * 1_000;
  server.maxConnections = total;
  // Bodies have limits of their own, because an upload may take long.
  server.requestTimeout = 0;
  const addresses = new ConnectionCounter(perAddress);
  server.on('connection', (socket) => {
    const leave = addresses.enter(networkOf(socket.remoteAddress ?? 'unknown'));
    if (leave) socket.once('close', leave);
    else socket.destroy();
  });
}

/** How often the server looks for connections whose headers are late. */
export const connectionsCheckingInterval = 2_000;

/**
 * Ends requests whose body is late. An upload may take any time, but it has to keep moving; every
 * other body is small, so it has a fixed time.
 */
export const refuseSlowBodies =
  (isUpload: (request: Request) => boolean): RequestHandler =>
  (request, response, next) => {
    const late = () => {
      if (!response.headersSent)
        response.status(408).set('Connection', 'close').json({
          message: 'The body of the request arrived too slowly. Send it again.',
        });
      request.destroy();
    };
    const timer = isUpload(request)
      ? watchRate(request, late)
      : setTimeout(late, bodySeconds * 1_000);
    timer.unref();
    const stop = () => clearInterval(timer);
    request.once('end', stop).once('close', stop);
    next();
  };

function watchRate(request: Request, late: () => void): NodeJS.Timeout {
  let before = request.socket.bytesRead;
  return setInterval(() => {
    const received = request.socket.bytesRead - before;
    before = request.socket.bytesRead;
    // If the server is the slow side, the client is not disconnected.
    const isWaitingForUs = request.isPaused() || request.readableLength > 0;
    if (!isWaitingForUs && received < (minBytesPerSecond * checkEveryMs) / 1_000) late();
  }, checkEveryMs);
}
