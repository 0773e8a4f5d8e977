import type { EntityManager, EntityTarget, FindOneOptions, FindOptionsWhere } from 'typeorm';

/**
 * Locks rows that will change. Their keys never do, so other rows may still refer to them. A plain FOR UPDATE would
 * also stop inserts with a foreign key to the row, and two transactions that wait for each other would deadlock.
 */
export const rowLock = { mode: 'for_no_key_update' } as const;

interface Identified {
  id: string;
}

const byId = <T extends Identified>(id: string): FindOneOptions<T> => ({
  where: { id } as FindOptionsWhere<T>,
  lock: rowLock,
});

/** Loads a row and locks it until the transaction ends. @throws EntityNotFoundError */
export const lockRow = <T extends Identified>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  id: string,
): Promise<T> => manager.findOneOrFail(entity, byId<T>(id));

/** The same for a row that may be missing. */
export const lockRowIfExists = <T extends Identified>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  id: string,
): Promise<T | null> => manager.findOne(entity, byId<T>(id));
