import { Client, type ClientConfig } from 'pg';

/** A server that accepts a connection and then says nothing counts as one that does not answer. */
const connectionTimeoutMillis = 30_000;

const configOf = (config: string | ClientConfig = {}): ClientConfig =>
  typeof config === 'string' ? { connectionString: config } : config;

/**
 * A PostgreSQL client that does not end the process when its connection is lost. A pool returns a new
 * client before anybody listens for its errors, and Node.js ends a process after an error without a
 * listener. The next query of the client fails with the reason.
 */
export class SteadyClient extends Client {
  constructor(config?: string | ClientConfig) {
    super({ connectionTimeoutMillis, ...configOf(config) });
    this.on('error', () => {});
  }
}
