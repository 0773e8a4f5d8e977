import { Client, type ClientConfig } from 'pg';

/** A server that accepts a connection and then says nothing counts as one that does not answer. */
const connectionTimeoutMillis = 30_000;

const configOf = (config: string | ClientConfig = {}): ClientConfig =>
  typeof config === 'string' ? { connectionString: config } : config;

/**
 * A connection to PostgreSQL whose loss never ends the process. A pool hands out a new connection
 * before its user listens for errors, and Node.js ends a process for an error without a listener.
 * The next query on a lost connection fails with the reason.
 */
export class SteadyClient extends Client {
  constructor(config?: string | ClientConfig) {
    super({ connectionTimeoutMillis, ...configOf(config) });
    this.on('error', () => {});
  }
}
