import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import pino from 'pino';
import { createTestDatabase, type TestDatabase } from '../testing/testDatabase';
import { waitUntil } from '../testing/waitUntil';
import type { JobHandlers } from './jobMap';
import { JobQueue } from './jobQueue';

let database: TestDatabase;
let jobs: JobQueue;

beforeEach(async () => {
  database = await createTestDatabase();
  jobs = new JobQueue(database.url, pino({ level: 'silent' }), false);
  await jobs.start();
});
afterEach(async () => {
  await jobs.stop();
  await database.drop();
});

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  return client;
}

const ignored = () => Promise.resolve();
const handlersWith = (importHandler: JobHandlers['import']): JobHandlers => ({
  ...{ embed: ignored, predict: ignored, order: ignored, retrain: ignored, train: ignored },
  ...{ restore: ignored, maintain: ignored, checkConsensus: ignored, sweepOrphans: ignored },
  import: importHandler,
});

test('a person with fewer jobs goes first, and equals go in the order of their jobs', async () => {
  const order: number[] = [];
  const imports = [3, 1, 0, 2, 0].map((behind) => ({ importId: randomUUID(), behind }));
  for (const { importId, behind } of imports) await jobs.send('import', { importId }, { behind });
  await jobs.work(
    handlersWith(({ importId }) => {
      order.push(imports.findIndex((one) => one.importId === importId));
      return Promise.resolve();
    }),
  );
  await waitUntil(() => order.length === imports.length);
  expect(order).toEqual([2, 4, 1, 3, 0]);
});

test('a job whose connection is lost while its end is written is recorded as completed', async () => {
  const [holder, other] = await Promise.all([connect(), connect()]);
  await jobs.send('import', { importId: randomUUID() });
  // The write of the end waits for this lock.
  await jobs.work(
    handlersWith(async () => {
      await holder.query('BEGIN');
      await holder.query(`SELECT 1 FROM pgboss.job WHERE name = 'import' FOR UPDATE`);
    }),
  );
  await waitUntil(async () => {
    const { rowCount } = await other.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()
         AND wait_event_type = 'Lock' AND query LIKE '%completed_on = now()%'`,
    );
    return (rowCount ?? 0) > 0;
  });
  await holder.query('ROLLBACK');
  await waitUntil(async () => {
    const { rows } = await other.query<{ state: string }>(
      `SELECT state FROM pgboss.job WHERE name = 'import'`,
    );
    return rows[0]?.state === 'completed';
  });
  await Promise.all([holder.end(), other.end()]);
});
