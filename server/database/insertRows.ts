import type { EntityManager, EntityTarget, ObjectLiteral, QueryDeepPartialEntity } from 'typeorm';

/** Building an INSERT takes time that grows with the square of its parameters. */
const rowsPerStatement = 50;

/** Inserts any number of rows, a few in each statement. */
export async function insertRows<Entity extends ObjectLiteral>(
  manager: EntityManager,
  target: EntityTarget<Entity>,
  rows: readonly QueryDeepPartialEntity<Entity>[],
): Promise<void> {
  for (let at = 0; at < rows.length; at += rowsPerStatement)
    await manager.insert(target, rows.slice(at, at + rowsPerStatement));
}
