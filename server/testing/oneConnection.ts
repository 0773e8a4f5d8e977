import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, EntityManager } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';

/**
 * Fails every query that requests a second connection from the pool within a transaction. If as
 * many transactions run as the pool has connections, they would all wait for each other. A test
 * with one transaction at a time would never notice.
 */
export function refuseSecondConnections({ manager, driver }: DataSource): void {
  const open = new AsyncLocalStorage<{ isOpen: boolean }>();
  const transaction = manager.transaction.bind(manager) as (...args: unknown[]) => Promise<unknown>;
  const scoped = (work: (within: EntityManager) => Promise<unknown>) => (within: EntityManager) => {
    const scope = { isOpen: true };
    return open.run(scope, () => work(within)).finally(() => (scope.isOpen = false));
  };
  // With an isolation level before the work, or without one.
  manager.transaction = (...args: unknown[]) =>
    transaction(...args.map((each) => (typeof each === 'function' ? scoped(each as never) : each)));
  const pool = driver as PostgresDriver;
  const connect = pool.obtainMasterConnection.bind(pool);
  pool.obtainMasterConnection = () =>
    open.getStore()?.isOpen
      ? Promise.reject(new Error('A transaction asked the pool for a second connection.'))
      : connect();
}
