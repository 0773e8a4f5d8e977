import { Client, type ClientConfig } from 'pg';

/**
 * A connection to PostgreSQL whose loss never ends the process. A pool hands out a new connection
 * before its user listens for errors, and Node.js ends a process for an error without a listener.
 * The next query on a lost connection fails with the reason.
 */
export class SteadyClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => {});
  }
}
