import { DataSource } from 'typeorm';
import { entities } from '../app/entities';
import { createTestDatabase, type TestDatabase } from '../testing/testDatabase';
import { createDataSource, migrations } from './dataSource';
import { migrate } from './migrate';

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await createDataSource(database.url, 4, entities).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const names = async (sql: string) =>
  (await dataSource.query<{ name: string }[]>(sql)).map((row) => row.name);
const relations = () =>
  names(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
       AND relkind IN ('r', 'p', 'v', 'm') ORDER BY 1`,
  );
const functions = () =>
  names(
    `SELECT proname AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1`,
  );
const types = () =>
  names(
    `SELECT typname AS name FROM pg_type WHERE typnamespace = 'public'::regnamespace
       AND typtype IN ('e', 'd') ORDER BY 1`,
  );
const undoAll = async () => {
  for (let left = migrations.length; left > 0; left--) await dataSource.undoLastMigration();
};
const readEveryEntity = async () => {
  for (const entity of entities) await dataSource.manager.find<object>(entity, { take: 1 });
};

test('up makes every column that the entities name', async () => {
  await migrate(dataSource);
  await readEveryEntity();
});

test('up again changes nothing', async () => {
  const before = await relations();
  await migrate(dataSource);
  expect(await relations()).toEqual(before);
});

test('down leaves nothing behind, even when there are predictions', async () => {
  const runId = '0198c2a4-7a3b-7c1d-9e2f-1234567890ab';
  await dataSource.query(
    `CREATE TABLE prediction_of_a_run PARTITION OF prediction FOR VALUES IN ('${runId}')`,
  );
  await undoAll();
  expect(await relations()).toEqual(['migrations']);
  expect(await functions()).toEqual([]);
  expect(await types()).toEqual([]);
  await expect(readEveryEntity()).rejects.toThrow('does not exist');
});

test('after down, replicas that start at once bring it all up again', async () => {
  const others = await Promise.all(
    [1, 2].map(() => createDataSource(database.url, 2, entities).initialize()),
  );
  await Promise.all([dataSource, ...others].map(migrate));
  await readEveryEntity();
  const [{ count } = { count: 0 }] = await dataSource.query<{ count: number }[]>(
    'SELECT count(*)::int AS count FROM migrations',
  );
  expect(count).toBe(migrations.length);
  await Promise.all(others.map((one) => one.destroy()));
});
