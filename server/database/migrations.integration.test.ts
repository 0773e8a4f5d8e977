import { DataSource } from 'typeorm';
import { entities } from '../app/entities';
import { createTestDatabase, type TestDatabase } from '../testing/testDatabase';
import { createDataSource, migrations } from './dataSource';
import { prepareDatabase } from './prepareDatabase';

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await open();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const open = (maxStatementSeconds = 0) =>
  createDataSource({
    url: database.url,
    poolSize: 4,
    entities,
    maxStatementSeconds,
    maxIdleSeconds: 60,
  }).initialize();
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
  await prepareDatabase(dataSource);
  await readEveryEntity();
});

test('up again changes nothing', async () => {
  const before = await relations();
  await prepareDatabase(dataSource);
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
  const others = await Promise.all([open(), open()]);
  await Promise.all([dataSource, ...others].map((one) => prepareDatabase(one)));
  await readEveryEntity();
  const [{ count } = { count: 0 }] = await dataSource.query<{ count: number }[]>(
    'SELECT count(*)::int AS count FROM migrations',
  );
  expect(count).toBe(migrations.length);
  await Promise.all(others.map((one) => one.destroy()));
});

test('a statement that takes too long is stopped, and a migration may take any time', async () => {
  const limited = await open(0.05);
  try {
    // Waits for the lock longer than a statement may take.
    const holder = dataSource.createQueryRunner();
    await holder.query('SELECT pg_advisory_lock($1)', [0x1abe1]);
    const migrated = prepareDatabase(limited);
    await expect(limited.query('SELECT pg_sleep(60)')).rejects.toMatchObject({ code: '57014' });
    await holder.query('SELECT pg_advisory_unlock($1)', [0x1abe1]);
    await holder.release();
    await migrated;
    await expect(limited.query('SELECT pg_sleep(60)')).rejects.toMatchObject({ code: '57014' });
  } finally {
    await limited.destroy();
  }
});

test('a process that waits too long for the others ends with a sentence that says what to do', async () => {
  const holder = dataSource.createQueryRunner();
  await holder.query('SELECT pg_advisory_lock($1)', [0x1abe1]);
  await expect(prepareDatabase(dataSource, { maxWaitSeconds: 0.05 })).rejects.toThrow(
    'Another process has been preparing this database for 0.05 s.',
  );
  await holder.query('SELECT pg_advisory_unlock($1)', [0x1abe1]);
  await holder.release();
  await prepareDatabase(dataSource, { maxWaitSeconds: 5 });
});
