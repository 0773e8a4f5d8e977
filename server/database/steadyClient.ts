import type { Writable } from 'node:stream';
import { Client, type ClientConfig } from 'pg';

/** A server that accepts a connection and then says nothing counts as one that does not answer. */
const connectionTimeoutMillis = 30_000;

const configOf = (config: string | ClientConfig = {}): ClientConfig =>
  typeof config === 'string' ? { connectionString: config } : config;

/** The part of a stream that collects what is written. */
type Collecting = Pick<Writable, 'cork' | 'uncork'>;

/**
 * A PostgreSQL client that does not end the process when its connection is lost. A pool returns a new
 * client before anybody listens for its errors, and Node.js ends a process after an error without a
 * listener. The next query of the client fails with the reason.
 *
 * Queries of one turn of the event loop are sent in one write. A write is a system call, which often
 * takes longer than everything else that this process does for a query.
 */
export class SteadyClient extends Client {
  private isCollecting = false;

  constructor(config?: string | ClientConfig) {
    super({ connectionTimeoutMillis, ...configOf(config) });
    this.on('error', () => {});
    const query = this.query.bind(this) as (...values: unknown[]) => unknown;
    this.query = ((...values: unknown[]) => {
      this.collectWrites();
      return query(...values);
    }) as Client['query'];
  }

  private collectWrites(): void {
    if (this.isCollecting) return;
    this.isCollecting = true;
    // It is another stream once the connection is encrypted.
    const { stream } = this.connection as unknown as { stream: Collecting };
    stream.cork();
    process.nextTick(() => {
      this.isCollecting = false;
      stream.uncork();
    });
  }
}
