import { randomUUID } from 'node:crypto';
import pino from 'pino';
import type { DataSource } from 'typeorm';
import { ColourDataset } from '../testing/colourDataset';
import { parseGlobalId } from '../graphql/globalId';
import type { ApiClient } from '../testing/apiClient';
import { train } from '../testing/runs';
import { startScene, type Scene } from '../testing/scene';
import { waitUntil } from '../testing/waitUntil';
import { DeathGuard } from './deathGuard';
import { guardJobs } from './guardJobs';
import type { JobHandlers } from './jobMap';
import { WorkerDeathsRepository } from './workerDeaths.repository';

let scene: Scene;
let dataSource: DataSource;

beforeAll(async () => {
  scene = await startScene();
  ({ dataSource } = scene.server.container);
});
afterAll(() => scene.close());

/** A worker that others see as alive until it dies. */
async function aWorker() {
  const id = randomUUID();
  await dataSource.query(`INSERT INTO worker (id, host, backbone_ids) VALUES ($1, 'here', '{}')`, [
    id,
  ]);
  return {
    deaths: new WorkerDeathsRepository(dataSource, id),
    die: () => dataSource.query('DELETE FROM worker WHERE id = $1', [id]),
  };
}

const ignored = () => Promise.resolve();
const nothing: JobHandlers = {
  ...{ embed: ignored, predict: ignored, order: ignored, retrain: ignored, train: ignored },
  ...{
    restore: ignored,
    import: ignored,
    maintain: ignored,
    checkConsensus: ignored,
    sweepOrphans: ignored,
  },
};
const { signal } = new AbortController();
const logger = pino({ level: 'silent' });

describe('the count of deaths', () => {
  test('grows when a worker died with the work in hand', async () => {
    const key = randomUUID();
    for (const expected of [0, 1, 2]) {
      const worker = await aWorker();
      expect(await worker.deaths.begin('retrain', key)).toBe(expected);
      await worker.die();
    }
  });

  test('does not grow when the work or the worker ended normally, or another is at work', async () => {
    const key = randomUUID();
    const [first, second, third] = [await aWorker(), await aWorker(), await aWorker()];
    await first.deaths.begin('retrain', key);
    await first.deaths.end('retrain', key);
    await first.die();
    expect(await second.deaths.begin('retrain', key)).toBe(0);
    expect(await third.deaths.begin('retrain', key)).toBe(0);
    await second.deaths.release();
    await second.die();
    expect(await third.deaths.begin('retrain', key)).toBe(0);
  });
});

describe('a guarded job', () => {
  const begunTwice = async (name: string, key: string) => {
    for (let death = 0; death < 2; death++) {
      const worker = await aWorker();
      await worker.deaths.begin(name, key);
      await worker.die();
    }
  };

  test('is given up after two deaths, and then counted from the start', async () => {
    const datasetId = randomUUID();
    await begunTwice('order', datasetId);
    const { deaths } = await aWorker();
    const done: string[] = [];
    const order = () => Promise.resolve(void done.push('done'));
    const giveUps = { order: () => Promise.resolve(void done.push('given up')) };
    const guarded = guardJobs({ ...nothing, order }, new DeathGuard(deaths, logger), giveUps);
    await guarded.order({ datasetId }, signal);
    await guarded.order({ datasetId }, signal);
    expect(done).toEqual(['given up', 'done']);
  });

  test('that fails by an error is no death', async () => {
    const datasetId = randomUUID();
    const giveUps = { order: ignored };
    const order = () => Promise.reject(new Error('no room'));
    for (let attempt = 0; attempt < 3; attempt++) {
      const worker = await aWorker();
      const guarded = guardJobs(
        { ...nothing, order },
        new DeathGuard(worker.deaths, logger),
        giveUps,
      );
      await expect(guarded.order({ datasetId }, signal)).rejects.toThrow('no room');
      await worker.die();
    }
    const { deaths } = await aWorker();
    expect(await deaths.begin('order', datasetId)).toBe(0);
  });
});

test('a restoration that ended its worker twice fails with its reason', async () => {
  const [ada] = scene.people as [ApiClient];
  const colours = await ColourDataset.create(ada);
  await colours.labelEach(3);
  const run = await train(ada, colours.id);
  const [runId, datasetId] = [run.id, colours.id].map((id) => parseGlobalId(id)?.id);
  await dataSource.query(`INSERT INTO worker_death (kind, key, deaths) VALUES ('restore', $1, 2)`, [
    runId,
  ]);
  await dataSource.query(
    `INSERT INTO run_restoration (run_id, dataset_id, make_current, asked_by)
     SELECT $1, id, false, created_by FROM dataset WHERE id = $2`,
    [runId, datasetId],
  );
  await scene.server.container.jobs.send('restore', { runId: runId ?? '' });
  let failure: string | null = null;
  await waitUntil(async () => {
    const { retrainRun } = await ada.request<{
      retrainRun: { restoration: { failure: string | null } | null };
    }>('query ($id: ID!) { retrainRun(id: $id) { restoration { failure } } }', { id: run.id });
    failure = retrainRun.restoration?.failure ?? null;
    return failure !== null;
  });
  expect(failure).toContain('The worker process ended 2 times');
}, 90_000);
