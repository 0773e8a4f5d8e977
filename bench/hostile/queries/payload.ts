import type { Random } from '../../../models/numeric';

/** A GraphQL operation, sent over HTTP or over a websocket. */
export interface Operation {
  kind: 'operation';
  query: string;
  variables?: unknown;
  operationName?: string;
}

/** An HTTP request that is not an ordinary operation. */
export interface HttpRequest {
  kind: 'request';
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** A connection whose bytes arrive slowly. Whether it does harm shows in other people's work. */
export interface SlowConnection {
  kind: 'slow';
  text: string;
  bytesPerSecond: number;
  holdMs: number;
}

/** Websockets that are opened at once, and what each of them sends. */
export interface Sockets {
  kind: 'sockets';
  count: number;
  messages: readonly string[];
  /** False: the client asks, and never reads an answer. */
  reads: boolean;
  holdMs: number;
}

export type Payload = Operation | HttpRequest | SlowConnection | Sockets;

/** What an attacker can know of the server: ids that the API shows to everybody who signs in. */
export interface Target {
  /** The dataset that people label. */
  datasetId: string;
  classIds: readonly string[];
  imageIds: readonly string[];
  /** The attacker's own dataset. */
  ownDatasetId: string;
}

export interface QueryFamily {
  name: string;
  make: (random: Random, target: Target) => Payload;
  /** Maximum number in one run, for payloads that are large or take long. Default: no maximum. */
  maxCount?: number;
}

export const operation = (
  query: string,
  variables?: unknown,
  operationName?: string,
): Operation => ({
  kind: 'operation',
  query,
  ...(variables !== undefined && { variables }),
  ...(operationName !== undefined && { operationName }),
});

export const times = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ');
