import { Client, type ClientConfig } from 'pg';

/**
 * A connection to PostgreSQL whose loss never ends the process. When a pool hands out a new
 * connection, there is a moment in which nobody listens for its errors, and Node.js ends a process
 * for an error that nobody listens for. The next query on a lost connection fails with the reason.
 */
export class SteadyClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => {});
  }
}
