import { randomUUID } from 'node:crypto';
import { headDefaults, penalties } from '../../../models/training';
import { Lane } from '../../../shared/enums';
import { gridCost, type NextGrid } from '../../../shared/gridCost';
import { parseGlobalId } from '../../graphql/globalId';
import { take, type ApiClient } from '../../testing/apiClient';
import { ColourDataset, colourOf } from '../../testing/colourDataset';
import { colourNames, colourPhotos } from '../../testing/colourPhotos';
import { upload } from '../../testing/factories';
import { leaseTasks, recordLabel } from '../../testing/labelling';
import { startRun } from '../../testing/runs';
import { startScene, type Scene } from '../../testing/scene';
import { waitUntil } from '../../testing/waitUntil';
import { Dataset } from '../datasets/dataset.entity';

interface Run {
  id: string;
  number: number;
  status: string;
  attempt: number;
  failure: string | null;
  percent: number;
  labelCount: number;
  metrics: { trainAccuracy: number; rescoredCount: number; l2: number } | null;
}
interface RunPayload {
  run: Run | null;
  error: { __typename: string; message: string } | null;
}
const runFields = `id number status attempt failure percent labelCount metrics { trainAccuracy rescoredCount l2 }`;

let scene: Scene;
let ada: ApiClient;
let photos: ColourDataset;

beforeAll(async () => {
  scene = await startScene();
  [ada] = scene.people as [ApiClient];
});
afterAll(() => scene.close());

async function newDataset(autoRetrainAfter = 0, photosPerClass = 12) {
  photos = await ColourDataset.create(ada, { photosPerClass, autoRetrainAfter });
}
const start = () => startRun(ada, photos.id);
const runs = async () =>
  (
    await ada.request<{ dataset: { retrainRuns: { nodes: Run[] }; currentRun: Run | null } }>(
      `query ($id: ID!) { dataset(id: $id) { retrainRuns { nodes { ${runFields} } } currentRun { ${runFields} } } }`,
      { id: photos.id },
    )
  ).dataset;
const newest = async () => (await runs()).retrainRuns.nodes[0];
const published = async () => {
  await waitUntil(async () => ['PUBLISHED', 'FAILED'].includes((await newest())?.status ?? ''));
  return newest();
};

test('a run learns, predicts every image correctly, and orders the unlabelled ones', async () => {
  await newDataset();
  await photos.labelEach(3);
  expect((await start()).error).toBeNull();
  expect(await published()).toMatchObject({
    status: 'PUBLISHED',
    number: 1,
    attempt: 1,
    labelCount: 9,
  });
  const { dataset: seen } = await ada.request<{
    dataset: {
      images: {
        nodes: {
          fileName: string;
          prediction: { confidence: number; class: { name: string }; top: unknown[] };
        }[];
      };
      queue: { nodes: { image: { consensus: unknown } }[] };
    };
  }>(
    `query ($id: ID!) { dataset(id: $id) {
       images(first: 100) { nodes { fileName prediction { confidence class { name } top { confidence } } } }
       queue(first: 100) { nodes { image { consensus { origin } } } } } }`,
    { id: photos.id },
  );
  for (const { fileName, prediction } of seen.images.nodes) {
    expect(prediction.class.name).toBe(colourOf(fileName));
    expect(prediction.top).toHaveLength(3);
  }
  expect(seen.queue.nodes).toHaveLength(photos.images.length - 9);
  expect(seen.queue.nodes.every(({ image }) => image.consensus === null)).toBe(true);
});

test('the confirm lane gives the most confident images of one predicted class first', async () => {
  const tasks = await leaseTasks<{
    image: { fileName: string; prediction: { confidence: number } };
  }>(
    ada,
    { datasetId: photos.id, lane: Lane.CONFIRM, classId: photos.classId('green'), count: 5 },
    'image { fileName prediction { confidence } }',
  );
  const confidences = tasks.map(({ image }) => image.prediction.confidence);
  expect(tasks.every(({ image }) => colourOf(image.fileName) === 'green')).toBe(true);
  expect(confidences).toHaveLength(5);
  expect(confidences).toEqual([...confidences].sort((a, b) => b - a));
});

test('the next grid of each class leaves out leased images, and the cheapest grid is the default', async () => {
  const grids = async () => {
    const { dataset: seen } = await ada.request<{
      dataset: { classes: { id: string; nextGrid: NextGrid | null }[] };
    }>('query ($id: ID!) { dataset(id: $id) { classes { id nextGrid { images confidence } } } }', {
      id: photos.id,
    });
    return seen.classes.map(({ id, nextGrid }) => ({ id, grid: nextGrid! }));
  };
  const before = await grids();
  // Nine of each colour are unlabelled; five green ones are leased.
  expect(before.map(({ grid }) => grid.images).sort()).toEqual([4, 9, 9]);
  const [cheapest] = [...before].sort((a, b) => gridCost(a.grid) - gridCost(b.grid));
  const [task] = await leaseTasks<{ image: { prediction: { class: { id: string } } } }>(
    ada,
    { datasetId: photos.id, lane: Lane.CONFIRM, count: 1 },
    'image { prediction { class { id } } }',
  );
  expect(task?.image.prediction.class.id).toBe(cheapest?.id);
  const after = (await grids()).find(({ id }) => id === cheapest?.id);
  expect(after?.grid.images).toBe(cheapest!.grid.images - 1);
});

test('“not this class” removes an image from that grid for everybody, the image is asked alone, and no run predicts that class again', async () => {
  const bob = await scene.server.person('Bob');
  const lease = (client: ApiClient, lane: Lane) =>
    leaseTasks<{ leaseToken: string; image: { id: string } }>(
      client,
      {
        datasetId: photos.id,
        lane,
        count: 100,
        ...(lane === Lane.CONFIRM && { classId: photos.classId('green') }),
      },
      'leaseToken image { id }',
    );
  await scene.server.container.dataSource.query('DELETE FROM lease');
  const [wrong, right] = await lease(ada, Lane.CONFIRM);
  await ada.request(
    'mutation ($t: String!) { skipTask(input: { leaseToken: $t }) { image { id } } }',
    {
      t: wrong?.leaseToken,
    },
  );
  await scene.server.container.dataSource.query('DELETE FROM lease');
  const grid = (await lease(bob, Lane.CONFIRM)).map(({ image }) => image.id);
  expect(grid).toContain(right?.image.id);
  expect(grid).not.toContain(wrong?.image.id);
  expect((await lease(ada, Lane.HARD)).map(({ image }) => image.id)).toContain(wrong?.image.id);
  await bob.close();
  const said = async () =>
    (
      await ada.request<{
        node: { prediction: { class: { name: string }; top: { class: { name: string } }[] } };
      }>(
        `query ($id: ID!) { node(id: $id) {
           ... on Image { prediction { class { name } top { class { name } } } } } }`,
        { id: wrong?.image.id },
      )
    ).node.prediction;
  expect((await said()).class.name).toBe('green');
  expect((await start()).error).toBeNull();
  expect(await published()).toMatchObject({ status: 'PUBLISHED' });
  expect((await said()).class.name).not.toBe('green');
  expect((await said()).top.at(-1)?.class.name).toBe('green');
});

test('images that are added later are predicted by the current model, without a run', async () => {
  const last = await newest();
  const more = (await colourPhotos(14))
    .slice(12, 14)
    .concat((await colourPhotos(14)).slice(26, 28));
  await upload(ada, photos.id, more);
  await waitUntil(
    async () => (await photos.counts()).predicted === photos.images.length + more.length,
  );
  expect((await newest())?.id).toBe(last?.id);
});

test('a run starts automatically after enough labels, once, and not earlier', async () => {
  await newDataset(6);
  for (const image of [...photos.ofColour('red', 3), ...photos.ofColour('blue', 2)])
    await photos.label(image);
  expect((await runs()).retrainRuns.nodes).toHaveLength(0);
  for (const image of photos.ofColour('green', 3)) await photos.label(image);
  await published();
  await waitUntil(async () => (await runs()).currentRun?.number === 1);
  expect((await runs()).retrainRuns.nodes).toHaveLength(1);
});

test('one class is not enough, and the error says what to do', async () => {
  await newDataset();
  for (const image of photos.ofColour('red', 4)) await photos.label(image);
  expect((await start()).error).toMatchObject({
    __typename: 'InvalidState',
    message: expect.stringContaining('two classes') as string,
  });
});

test('a second run cannot start while the first is active', async () => {
  await newDataset();
  await photos.labelEach(2);
  const answers = await Promise.all([start(), start(), start()]);
  expect(answers.filter(({ run }) => run)).toHaveLength(1);
  expect(answers.filter(({ error }) => error?.__typename === 'InvalidState')).toHaveLength(2);
  await published();
});

test('progress is reported from the queue to publication', async () => {
  await newDataset();
  await photos.labelEach(2);
  const { run } = await start();
  const progress = ada.subscribe<{ retrainRunProgress: Run & { phase: string | null } }>(
    'subscription ($id: ID!) { retrainRunProgress(runId: $id) { status percent phase } }',
    { id: run?.id },
  );
  const seen = (await take(progress, 1_000)).map(({ data }) => data?.retrainRunProgress);
  expect(seen.at(-1)).toMatchObject({ status: 'PUBLISHED', percent: 100 });
  expect(seen.length).toBeGreaterThan(2);
});

describe('a run whose worker died', () => {
  const runRow = async () => parseGlobalId((await newest())?.id ?? '')?.id;

  test('is attempted again and publishes once', async () => {
    await newDataset();
    await photos.labelEach(2);
    const { dataSource, dispatcher } = scene.server.container;
    const id = await insertAbandonedRun();
    await scene.server.container.predictions.stage(id, 1);
    await dispatcher.requeueAbandoned();
    expect(await published()).toMatchObject({ status: 'PUBLISHED', attempt: 2 });
    const leftBehind: { table: string | null }[] = await dataSource.query(
      'SELECT to_regclass($1)::text AS table',
      [`prediction_${id.replaceAll('-', '')}_1`],
    );
    expect(leftBehind[0]?.table).toBeNull();
    expect(await runRow()).toBe(id);
    const events: { count: number }[] = await dataSource.query(
      `SELECT count(*)::int FROM event WHERE type = 'run.published' AND payload->>'runId' = $1`,
      [id],
    );
    expect(events[0]?.count).toBe(1);
  });

  test('is not changed while its worker is alive', async () => {
    await newDataset();
    await photos.labelEach(2);
    const [worker]: { id: string }[] =
      await scene.server.container.dataSource.query('SELECT id FROM worker');
    const id = await insertAbandonedRun(worker?.id);
    await scene.server.container.dispatcher.requeueAbandoned();
    expect(await newest()).toMatchObject({ status: 'RUNNING', attempt: 1 });
    await scene.server.container.dataSource.query('DELETE FROM retrain_run WHERE id = $1', [id]);
  });

  async function insertAbandonedRun(workerId: string = randomUUID()): Promise<string> {
    const id = randomUUID();
    await scene.server.container.dataSource.query(
      `INSERT INTO retrain_run (id, dataset_id, number, status, recipe, trigger, attempt, worker_id, started_at)
       VALUES ($1, $2, 1, 'RUNNING', 'HEAD', 'MANUAL', 1, $3, now())`,
      [id, parseGlobalId(photos.id)?.id, workerId],
    );
    return id;
  }
});

test('a cancelled run publishes nothing, and a finished one cannot be cancelled', async () => {
  await newDataset();
  await photos.labelEach(2);
  const cancel = (id = '') =>
    ada.request<{ cancelRetrainRun: RunPayload }>(
      `mutation ($id: ID!) { cancelRetrainRun(input: { id: $id }) { run { ${runFields} } error { __typename message } } }`,
      { id },
    );
  const { run } = await start();
  await cancel(run?.id);
  await waitUntil(async () => !['QUEUED', 'RUNNING'].includes((await newest())?.status ?? ''));
  expect((await newest())?.status).toBe('CANCELLED');
  expect((await runs()).currentRun).toBeNull();
  expect((await cancel(run?.id)).cancelRetrainRun.error?.__typename).toBe('InvalidState');
});

test('held-out images are predicted and never trained on', async () => {
  await newDataset();
  const [photo] = await colourPhotos(13).then((photos) => photos.slice(12, 13));
  if (!photo) throw new Error('no photo');
  await upload(ada, photos.id, [{ ...photo, heldOut: true, className: 'blue' }]);
  await waitUntil(async () => (await photos.counts()).embedded === photos.images.length + 1);
  await photos.labelEach(2);
  await start();
  expect(await published()).toMatchObject({
    labelCount: 6,
    metrics: { rescoredCount: photos.images.length + 1 },
  });
});

interface Report {
  calibration: { sampleCount: number; accuracy: number | null; temperature: number } | null;
  confusions: { count: number; class: { name: string }; predictedClass: { name: string } }[];
  classes: { recall: number | null; class: { name: string } }[];
}
const report = async () =>
  (
    await ada.request<{ dataset: { currentRun: Report } }>(
      `query ($id: ID!) { dataset(id: $id) { currentRun { calibration { sampleCount accuracy temperature }
         confusions { count class { name } predictedClass { name } } classes { recall class { name } } } } }`,
      { id: photos.id },
    )
  ).dataset.currentRun;

test('a run is evaluated out of fold, and its accuracy is measured on a random sample', async () => {
  await newDataset();
  await photos.labelEach(12);
  // A wrong label is predicted as what the image shows, because its head was not trained on it.
  const [wrong] = photos.ofColour(colourNames[0] ?? '', 1);
  await recordLabel(ada, {
    imageId: wrong?.id ?? '',
    classId: photos.classId(colourNames[1] ?? ''),
  });
  await start();
  await published();
  const all = await report();
  expect(all.calibration).toMatchObject({ sampleCount: 36, accuracy: 35 / 36 });
  const mistakes = all.confusions.filter((cell) => cell.class.name !== cell.predictedClass.name);
  expect(mistakes).toEqual([
    { count: 1, class: { name: colourNames[1] }, predictedClass: { name: colourNames[0] } },
  ]);
  expect(all.classes.find((one) => one.class.name === colourNames[1])?.recall).toBe(12 / 13);
});

test('later runs fit with the penalty that was chosen after a run, on the same backbone only', async () => {
  await newDataset(0, 30);
  await photos.labelEach(30);
  await start();
  expect((await published())?.metrics?.l2).toBe(headDefaults.l2);
  const { dataSource } = scene.server.container;
  const id = parseGlobalId(photos.id)?.id;
  const stored = async () =>
    (await dataSource.manager.findOneByOrFail(Dataset, { id })).headPenalty;
  await waitUntil(async () => (await stored()) !== null);
  const chosen = (await stored())!;
  expect(penalties).toContain(chosen.l2);
  expect(chosen.labels).toBe((await newest())?.labelCount);
  const stronger = { ...chosen, l2: penalties[2]! };
  await dataSource.manager.update(Dataset, { id }, { headPenalty: stronger });
  await start();
  expect((await published())?.metrics?.l2).toBe(penalties[2]);
  const elsewhere = { ...stronger, backboneId: 'elsewhere' };
  await dataSource.manager.update(Dataset, { id }, { headPenalty: elsewhere });
  await start();
  expect((await published())?.metrics?.l2).toBe(headDefaults.l2);
  await waitUntil(async () => (await stored())?.backboneId === chosen.backboneId);
}, 90_000);

test('only images before the first unlabelled one in the random order are in the sample', async () => {
  await newDataset();
  await photos.labelEach(11);
  await start();
  await published();
  const { calibration, confusions } = await report();
  expect(calibration?.sampleCount).toBeLessThan(33);
  expect(confusions.reduce((sum, { count }) => sum + count, 0)).toBe(33);
});

test('an automatic run waits for embeddings, and labels that a run could not learn from start the next one', async () => {
  const labelsSince = async () =>
    (
      await ada.request<{ dataset: { labelsSinceLastRun: number } }>(
        'query ($id: ID!) { dataset(id: $id) { labelsSinceLastRun } }',
        { id: photos.id },
      )
    ).dataset.labelsSinceLastRun;
  await newDataset(6);
  await photos.labelEach(2);
  expect(await published()).toMatchObject({ status: 'PUBLISHED', number: 1 });
  const holding = scene.server.container.dataSource.createQueryRunner();
  await holding.startTransaction();
  try {
    // No embedding can be stored under this lock.
    await holding.query('LOCK TABLE embedding IN SHARE MODE');
    const files = (await colourPhotos(14)).filter(({ fileName }) => /1[23]/.test(fileName));
    const added = await upload(ada, photos.id, files);
    for (const { image, fileName } of added)
      await recordLabel(ada, {
        imageId: image?.id ?? '',
        classId: photos.classId(colourOf(fileName)),
      });
    expect(await labelsSince()).toBe(0);
    expect((await start()).error).toBeNull();
    expect(await published()).toMatchObject({ status: 'PUBLISHED', number: 2, labelCount: 12 });
    expect(await labelsSince()).toBe(0);
  } finally {
    await holding.commitTransaction();
    await holding.release();
  }
  await waitUntil(async () => (await newest())?.number === 3);
  expect(await published()).toMatchObject({ status: 'PUBLISHED', labelCount: 12 });
  expect(await labelsSince()).toBe(0);
});
