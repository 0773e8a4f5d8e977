import type { DataSource, EntityManager } from 'typeorm';

/** A lock is a number, which is computed from its name. */
const key = 'hashtextextended($1, 0)';

/** Waits for the lock with this name, and keeps it until the transaction ends. */
export async function lockName(manager: EntityManager, name: string): Promise<void> {
  await manager.query(`SELECT pg_advisory_xact_lock(${key})`, [name]);
}

/**
 * Runs work that takes longer than a transaction, while no other process holds the lock with this name.
 * If this process dies, the lock is free again.
 *
 * @returns false, without running the work, if the lock is taken
 */
export async function tryWithLock(
  dataSource: DataSource,
  name: string,
  work: () => Promise<void>,
): Promise<boolean> {
  const session = dataSource.createQueryRunner();
  try {
    const [{ taken }] = (await session.query(`SELECT pg_try_advisory_lock(${key}) AS taken`, [
      name,
    ])) as [{ taken: boolean }];
    if (!taken) return false;
    // If the session was lost, so is its lock.
    const unlock = () => session.query(`SELECT pg_advisory_unlock(${key})`, [name]).catch(() => {});
    await work().finally(unlock);
    return true;
  } finally {
    await session.release();
  }
}
