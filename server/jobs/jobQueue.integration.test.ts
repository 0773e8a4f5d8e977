import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { createTestDatabase, type TestDatabase } from '../testing/testDatabase';
import { waitUntil } from '../testing/waitUntil';
import type { JobHandlers } from './jobMap';
import { JobQueue } from './jobQueue';

let database: TestDatabase;
let jobs: JobQueue;

beforeAll(async () => {
  database = await createTestDatabase();
  jobs = new JobQueue(database.url, pino({ level: 'silent' }), false);
  await jobs.start();
});
afterAll(async () => {
  await jobs.stop();
  await database.drop();
});

const ignored = () => Promise.resolve();

test('a person with fewer jobs goes first, and equals go in the order of their jobs', async () => {
  const order: number[] = [];
  const imports = [3, 1, 0, 2, 0].map((behind) => ({ importId: randomUUID(), behind }));
  for (const { importId, behind } of imports) await jobs.send('import', { importId }, { behind });
  const handlers: JobHandlers = {
    ...{ embed: ignored, predict: ignored, order: ignored, retrain: ignored, train: ignored },
    ...{ restore: ignored, maintain: ignored, checkConsensus: ignored, sweepOrphans: ignored },
    import: ({ importId }) => {
      order.push(imports.findIndex((one) => one.importId === importId));
      return Promise.resolve();
    },
  };
  await jobs.work(handlers);
  await waitUntil(() => order.length === imports.length);
  expect(order).toEqual([2, 4, 1, 3, 0]);
});
