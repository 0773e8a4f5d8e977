import { entities } from '../app/entities';
import { createDataSource } from '../database/dataSource';
import { refuseSecondConnections } from './oneConnection';
import { createTestDatabase } from './testDatabase';

test('a query beside a transaction is fine; one that the transaction waits for fails', async () => {
  const database = await createTestDatabase();
  const dataSource = await createDataSource({
    url: database.url,
    poolSize: 3,
    entities,
    maxStatementSeconds: 0,
    maxIdleSeconds: 60,
  }).initialize();
  refuseSecondConnections(dataSource);
  const one = () => dataSource.query('SELECT 1 AS one');
  await expect(
    Promise.all([one(), dataSource.transaction((within) => within.query('SELECT 1'))]),
  ).resolves.toHaveLength(2);
  await expect(dataSource.transaction(one)).rejects.toThrow('second connection');
  await expect(one()).resolves.toEqual([{ one: 1 }]);
  await dataSource.destroy();
  await database.drop();
});
