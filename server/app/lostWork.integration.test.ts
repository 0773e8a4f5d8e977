import { randomUUID } from 'node:crypto';
import { HeldWork } from '../jobs/heldWork';
import { parseGlobalId } from '../graphql/globalId';
import type { ApiClient } from '../testing/apiClient';
import { ColourDataset } from '../testing/colourDataset';
import { createDataset } from '../testing/factories';
import { startRun } from '../testing/runs';
import { startScene, type Scene } from '../testing/scene';
import { waitUntil } from '../testing/waitUntil';

jest.setTimeout(90_000);

let scene: Scene;
let ada: ApiClient;

const query = <T>(sql: string, values: unknown[] = []): Promise<T> =>
  scene.server.container.dataSource.query(sql, values);
const plainId = (id: string) => parseGlobalId(id)?.id ?? '';

async function open(worker: boolean): Promise<void> {
  scene = await startScene({ worker });
  [ada] = scene.people as [ApiClient];
}
afterEach(() => scene.close());

test('a run whose connections are all ended again and again is published afterwards', async () => {
  await open(true);
  const photos = await ColourDataset.create(ada);
  await photos.labelEach(3);
  const id = (await startRun(ada, photos.id)).run!.id;
  let cuts = 0;
  let status: string | undefined;
  await waitUntil(async () => {
    // This connection may have been ended too, and then the next attempt opens another one.
    const [run] = await query<{ status: string }[]>(
      'SELECT status FROM retrain_run WHERE id = $1',
      [plainId(id)],
    ).catch(() => []);
    status = run?.status ?? status;
    if (status === 'RUNNING' && cuts < 3)
      await query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      ).then(
        () => cuts++,
        () => {},
      );
    return ['PUBLISHED', 'FAILED', 'CANCELLED'].includes(status ?? '');
  });
  expect(status).toBe('PUBLISHED');
  expect(cuts).toBeGreaterThan(0);
});

test('work that is recorded on a worker, but that it does not do, is queued again', async () => {
  await open(false);
  const { dispatcher, imports } = scene.server.container;
  const [runId, importId, workerId] = [randomUUID(), randomUUID(), randomUUID()];
  const { id } = await createDataset(ada, 'lost work');
  await query(
    `INSERT INTO retrain_run (id, dataset_id, number, status, recipe, trigger, attempt, worker_id)
     VALUES ($1, $2, 1, 'RUNNING', 'HEAD', 'MANUAL', 1, $3)`,
    [runId, plainId(id), workerId],
  );
  await query(
    `INSERT INTO import (id, dataset_id, user_id, ticket_id, file_name, status, labels_from_folders,
       held_out, worker_id)
     SELECT $1, $2, created_by, $1, 'a.zip', 'RUNNING', false, false, $3 FROM dataset WHERE id = $2`,
    [importId, plainId(id), workerId],
  );
  const held = new HeldWork();
  const release = async () => {
    await dispatcher.requeueLost(workerId, held);
    await imports.releaseLost(workerId, held);
    const [row] = await query<object[]>(
      `SELECT (SELECT status FROM retrain_run WHERE id = $1) AS run,
         (SELECT status FROM import WHERE id = $2) AS import`,
      [runId, importId],
    );
    return row;
  };
  await held.during('run', runId, () =>
    held.during('import', importId, async () => {
      expect(await release()).toEqual({ run: 'RUNNING', import: 'RUNNING' });
    }),
  );
  expect(await release()).toEqual({ run: 'QUEUED', import: 'WAITING' });
  const jobs: unknown[] = await query(`SELECT 1 FROM pgboss.job WHERE data->>'runId' = $1`, [
    runId,
  ]);
  expect(jobs).toHaveLength(1);
});
