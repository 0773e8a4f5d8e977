import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildTrainingOrder } from '../../../../models/training/deep';
import { meanColour } from '../../../../models/testing';
import { smallMobilenet } from '../../../../models/testing/tensorflow';
import { parseGlobalId } from '../../../graphql/globalId';
import type { ApiClient } from '../../../testing/apiClient';
import { colourNames, colourPhotos } from '../../../testing/colourPhotos';
import { createDataset, upload, type TestDataset } from '../../../testing/factories';
import { startScene, type Scene } from '../../../testing/scene';
import type { TestServer } from '../../../testing/testServer';
import { startTestWorker, type TestWorker } from '../../../testing/testWorker';
import { waitUntil } from '../../../testing/waitUntil';
import type { TrainingPlan } from './trainingPlan';

const root = join(__dirname, '..', '..', '..', '..');

let scene: Scene;
let server: TestServer;
let worker: TestWorker;
let ada: ApiClient;
let dataset: TestDataset;
let imageCount: number;

beforeAll(async () => {
  // The child process that trains runs the compiled code.
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs'), 'server']);
  scene = await startScene({
    worker: false,
    backbones: { 'a_small.onnx': await smallMobilenet(), 'b_mean.onnx': meanColour() },
    env: { LABELLOOP_TFJS_BACKEND: 'wasm' },
  });
  ({ server } = scene);
  [ada] = scene.people as [ApiClient];
  worker = await startTestWorker(server);
}, 90_000);
afterAll(async () => {
  await worker.close();
  await scene.close();
});

async function newDataset(perColour: number) {
  dataset = await createDataset(ada, randomUUID(), colourNames);
  imageCount = 0;
  await addPhotos(await colourPhotos(perColour));
}

/** Uploads photos with their labels, and waits until they are embedded. */
async function addPhotos(photos: Awaited<ReturnType<typeof colourPhotos>>) {
  const results = await upload(
    ada,
    dataset.id,
    photos.map((photo) => ({ ...photo, className: photo.fileName.split('/')[0] ?? '' })),
  );
  imageCount += results.length;
  await waitUntil(async () => (await state()).counts.embedded === imageCount);
  return results.map(({ image }) => parseGlobalId(image?.id ?? '')?.id ?? '');
}

interface Run {
  id: string;
  number: number;
  status: string;
  recipe: string;
  phase: string;
  note: string | null;
  attempt: number;
  failure: string | null;
  engine: string | null;
  backbone: string | null;
  training: {
    epochs: { epoch: number; loss: number; accuracy: number }[];
    epochCount: number;
  } | null;
  options: object | null;
  metrics: {
    trainAccuracy: number;
    validationAccuracy: number | null;
    rescoredCount: number;
  } | null;
}
const runFields = `id number status recipe phase note attempt failure engine backbone
  training { epochCount epochs { epoch loss accuracy } }
  options { continueLast replayRatio shrink perturb }
  metrics { trainAccuracy validationAccuracy rescoredCount }`;
const state = async () =>
  (
    await ada.request<{
      dataset: {
        backbone: string;
        backboneChange: { backboneId: string } | null;
        backbones: { id: string; name: string; embeddingSize: number }[];
        counts: { embedded: number; predicted: number };
        currentRun: Run | null;
        activeRun: Run | null;
        activeDeepRun: Run | null;
        retrainRuns: { nodes: Run[] };
      };
    }>(
      `query ($id: ID!) { dataset(id: $id) { backbone backboneChange { backboneId } backbones { id name embeddingSize }
         counts { embedded predicted } currentRun { ${runFields} } activeRun { ${runFields} }
         activeDeepRun { ${runFields} } retrainRuns { nodes { ${runFields} } } } }`,
      { id: dataset.id },
    )
  ).dataset;
const start = async (input: object) =>
  (
    await ada.request<{
      startRetrainRun: {
        run: Run | null;
        error: { __typename: string; message: string; field?: string } | null;
      };
    }>(
      `mutation ($input: StartRetrainRunInput!) { startRetrainRun(input: $input) {
         run { ${runFields} } error { __typename message ... on InvalidInput { field } } } }`,
      { input: { datasetId: dataset.id, ...input } },
    )
  ).startRetrainRun;
/** The folders with plans and checkpoints on the worker's disk. */
const filesOfRuns = () =>
  readdir(join(server.container.config.dataFolder, 'cache', 'training')).catch(() => []);
/** The order to the child process that trains a run's network. It is deleted when the training ends. */
async function orderOf(run: Run | null): Promise<ChildTrainingOrder> {
  const folder = join(server.container.config.dataFolder, 'cache', 'training');
  const file = join(folder, parseGlobalId(run?.id ?? '')?.id ?? '', 'task.json');
  let plan: TrainingPlan | undefined;
  await waitUntil(async () => {
    plan = await readFile(file, 'utf8').then(
      JSON.parse as (text: string) => TrainingPlan,
      () => undefined,
    );
    return plan !== undefined;
  });
  return plan!.order;
}
const ended = async (number = 0) => {
  let run: Run | undefined;
  await waitUntil(async () => {
    run = (await state()).retrainRuns.nodes.find((each) => each.number === number);
    return run !== undefined && !['QUEUED', 'RUNNING'].includes(run.status);
  });
  return run;
};

/** The networks that runs trained, without the backbones that this machine happens to have. */
const ownNetworks = ({ backbones: all }: { backbones: { id: string }[] }) =>
  all.map(({ id }) => id).filter((id) => /-round-\d+$/.test(id));
const cancel = (id = '') =>
  ada.request(
    'mutation ($id: ID!) { cancelRetrainRun(input: { id: $id }) { error { message } } }',
    { id },
  );
/** Waits until the active network has completed this many epochs. */
const trainedFor = (epochs: number) =>
  waitUntil(async () => ((await state()).activeDeepRun?.training?.epochs.length ?? 0) > epochs);
const endless = { recipe: 'FINETUNE', training: { epochs: 500, batchSize: 6 } };

describe('a fine-tuned network', () => {
  test('becomes a backbone of the dataset, and its head is measured, published and predicts', async () => {
    await newDataset(6);
    const training = { epochs: 2, batchSize: 6, balance: 'WEIGHTED', rotationDegrees: 10 };
    const { run, error } = await start({ recipe: 'FINETUNE', training });
    expect(error).toBeNull();
    expect(await ended(run?.number)).toMatchObject({
      status: 'PUBLISHED',
      recipe: 'FINETUNE',
      attempt: 1,
      failure: null,
      engine: expect.stringMatching(/^TensorFlow\.js wasm \(CPU.*\), ONNX Runtime cpu$/) as string,
      training: { epochCount: 2 },
      metrics: { rescoredCount: imageCount },
    });
    const after = await state();
    const [own] = after.backbones;
    expect(own).toMatchObject({ name: 'Small MobileNet fine-tuned, round 1', embeddingSize: 1280 });
    expect(own?.id).toMatch(/^[0-9a-f]{8}-round-1$/);
    expect(after.backbone).toBe(own?.id);
    expect(after.backboneChange).toBeNull();
    expect(after.currentRun).toMatchObject({ number: 1, backbone: own?.id });
    expect(after.currentRun?.training?.epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(after.counts).toEqual({ embedded: imageCount, predicted: imageCount });
    expect(await filesOfRuns()).toEqual([]);
  });

  test('is the backbone of later heads, and its predictions can be explained', async () => {
    const { run } = await start({});
    const [own] = (await state()).backbones;
    expect(await ended(run?.number)).toMatchObject({ status: 'PUBLISHED', backbone: own?.id });
    const { dataset: seen } = await ada.request<{
      dataset: { images: { nodes: { id: string }[] } };
    }>('query ($id: ID!) { dataset(id: $id) { images(first: 1) { nodes { id } } } }', {
      id: dataset.id,
    });
    const { explainPrediction } = await ada.request<{
      explainPrediction: { width: number; values: number[] };
    }>('query ($id: ID!) { explainPrediction(imageId: $id) { width values } }', {
      id: seen.images.nodes[0]?.id,
    });
    expect(explainPrediction.values).toHaveLength(explainPrediction.width ** 2);
  });

  test('goes on from its last weights on request', async () => {
    const training = { epochs: 1, batchSize: 6, continueLast: true };
    const { run } = await start({ recipe: 'FINETUNE', training });
    expect(await ended(run?.number)).toMatchObject({ status: 'PUBLISHED', failure: null });
    expect((await state()).backbones.map(({ name }) => name).slice(0, 2)).toEqual([
      'Small MobileNet fine-tuned, round 3',
      'Small MobileNet fine-tuned, round 1',
    ]);
  });

  test('trains on new images and a share of the old ones, and fails clearly without new ones', async () => {
    const [last] = (await state()).backbones;
    const training = { epochs: 1, batchSize: 6, continueLast: true };
    const replay = { ...training, replayRatio: 0.5, shrink: 0.6, perturb: 0.01 };
    const nothing = await start({ recipe: 'FINETUNE', training: replay });
    expect(await ended(nothing.run?.number)).toMatchObject({
      status: 'FAILED',
      failure: expect.stringContaining('labelled since') as string,
    });
    expect((await state()).backbones[0]).toEqual(last);
    const photos = await colourPhotos(10);
    const ids = await addPhotos(photos.filter(({ fileName }) => /[6-9]\.jpg$/.test(fileName)));
    const rows: { id: string }[] = await server.container.dataSource.query(
      `SELECT id FROM image WHERE id = ANY($1) AND coalesce(split, 'TRAIN') = 'TRAIN'`,
      [ids],
    );
    const { run } = await start({ recipe: 'FINETUNE', training: replay });
    const { images, start: begin } = await orderOf(run);
    const isNew = (path: unknown) => ids.some((id) => String(path).includes(id));
    const fresh = images.train.filter(({ image }) => isNew(image));
    expect(fresh).toHaveLength(rows.length);
    expect(images.train).toHaveLength(rows.length + Math.round(rows.length / 2));
    expect(begin?.shrinkAndPerturb).toEqual({ shrink: 0.6, perturb: 0.01 });
    expect(await ended(run?.number)).toMatchObject({
      status: 'PUBLISHED',
      options: { continueLast: true, replayRatio: 0.5, shrink: 0.6, perturb: 0.01 },
    });
  });

  test('is not a backbone of other datasets', async () => {
    const [own] = (await state()).backbones;
    await newDataset(2);
    expect((await state()).backbones.map(({ id }) => id)).not.toContain(own?.id);
    const { setDatasetBackbone } = await ada.request<{
      setDatasetBackbone: { error: { __typename: string } | null };
    }>(
      `mutation ($input: SetDatasetBackboneInput!) { setDatasetBackbone(input: $input) {
         error { __typename } } }`,
      { input: { datasetId: dataset.id, backboneId: own?.id } },
    );
    expect(setDatasetBackbone.error?.__typename).toBe('InvalidInput');
  });
});

describe('while a network trains', () => {
  beforeAll(() => newDataset(6));

  test('heads are fitted and published, but no second network starts', async () => {
    const deep = await start(endless);
    await trainedFor(1);
    expect((await start(endless)).error?.__typename).toBe('InvalidState');
    const head = await start({});
    expect(await ended(head.run?.number)).toMatchObject({ status: 'PUBLISHED', recipe: 'HEAD' });
    expect(await state()).toMatchObject({
      activeRun: null,
      activeDeepRun: { id: deep.run?.id, status: 'RUNNING', phase: 'TRAIN' },
      currentRun: { id: head.run?.id },
    });
    expect((await state()).activeDeepRun?.note).toMatch(/^Epoch \d+ of 500, .*images\/s$/);
  });

  test('a cancellation ends it within a second or so and leaves nothing behind', async () => {
    const before = await state();
    const asked = performance.now();
    await cancel(before.activeDeepRun?.id);
    const run = await ended(before.activeDeepRun?.number);
    expect(performance.now() - asked).toBeLessThan(2_500);
    expect(run).toMatchObject({ status: 'CANCELLED', failure: null });
    await waitUntil(async () => (await filesOfRuns()).length === 0);
    const after = await state();
    expect(ownNetworks(after)).toEqual(ownNetworks(before));
    expect(after).toMatchObject({
      backbone: before.backbone,
      backboneChange: null,
      currentRun: { id: before.currentRun?.id },
    });
  });

  test('no completed epoch is lost when the worker stops, and the next attempt goes on', async () => {
    const { run } = await start({ recipe: 'FINETUNE', training: { epochs: 12, batchSize: 6 } });
    await trainedFor(3);
    await worker.close();
    const stopped = (await state()).activeDeepRun;
    const through = (stopped?.training?.epochs ?? []).slice(0, -1);
    // The worker gave it back, so its end does not count as a death.
    expect(stopped?.status).toBe('QUEUED');
    worker = await startTestWorker(server);
    const done = await ended(run?.number);
    expect(done).toMatchObject({ status: 'PUBLISHED', attempt: 2, failure: null });
    const epochs = done?.training?.epochs ?? [];
    // Each epoch once, in order. It may stop early, but not before the completed epochs.
    expect(epochs.map(({ epoch }) => epoch)).toEqual(epochs.map((_, at) => at + 1));
    expect(epochs.length).toBeGreaterThan(through.length);
    // The completed epochs are unchanged: they were not trained again.
    expect(through.length).toBeGreaterThanOrEqual(3);
    expect(epochs.slice(0, through.length)).toEqual(through);
  });
});

describe('a training that takes too long', () => {
  /** The first epoch took nine hours. */
  const trainedForNineHours = () =>
    server.container.dataSource.query(
      `UPDATE retrain_run SET training = jsonb_build_object('epochCount', 500,
         'imagesPerSecond', null, 'epochs', jsonb_set(
           CASE WHEN jsonb_array_length(coalesce(training -> 'epochs', '[]')) > 0
             THEN training -> 'epochs'
             ELSE '[{"epoch": 1, "loss": 1, "accuracy": 0, "validationLoss": null, "validationAccuracy": null}]'
           END, '{0,seconds}', '32400'))
       WHERE finished_at IS NULL AND started_at IS NOT NULL`,
    );

  test('does not end because the server was off for a day', async () => {
    await newDataset(6);
    const { run } = await start({ recipe: 'FINETUNE', training: { epochs: 12, batchSize: 6 } });
    await trainedFor(3);
    await worker.close();
    const trained = (await state()).activeDeepRun?.training?.epochs.length ?? 0;
    await server.container.dataSource.query(
      `UPDATE retrain_run SET started_at = now() - interval '1 day'
       WHERE finished_at IS NULL AND started_at IS NOT NULL`,
    );
    worker = await startTestWorker(server);
    const done = await ended(run?.number);
    expect(done).toMatchObject({ status: 'PUBLISHED', attempt: 2, failure: null });
    expect(done?.training?.epochs.length).toBeGreaterThan(trained - 1);
  }, 240_000);

  test('ends with the epochs that it has', async () => {
    await newDataset(6);
    const { run } = await start(endless);
    await trainedFor(3);
    await worker.close();
    await trainedForNineHours();
    worker = await startTestWorker(server);
    const done = await ended(run?.number);
    expect(done).toMatchObject({ status: 'PUBLISHED', attempt: 2, failure: null });
    expect(done?.training?.epochs.length).toBeGreaterThanOrEqual(3);
    expect(done?.training?.epochs.length).toBeLessThan(500);
    expect((await state()).backbone).toBe(done?.backbone);
  }, 240_000);

  test('fails with a reason if it has none', async () => {
    const { run } = await start(endless);
    await orderOf(run);
    await worker.close();
    const files = (await filesOfRuns()).map((id) =>
      join(server.container.config.dataFolder, 'cache', 'training', id, 'training.checkpoint'),
    );
    await Promise.all(files.map((file) => rm(file, { force: true })));
    await trainedForNineHours();
    worker = await startTestWorker(server);
    expect(await ended(run?.number)).toMatchObject({
      status: 'FAILED',
      failure: expect.stringContaining('LABELLOOP_MAX_TRAINING_HOURS') as string,
    });
  }, 240_000);
});

describe('what cannot be trained', () => {
  test.each([
    ['no epochs', { recipe: 'SCRATCH', training: { epochs: 0 } }, 'training.epochs'],
    [
      'a learning rate out of range',
      { recipe: 'SCRATCH', training: { learningRate: 7 } },
      'learningRate',
    ],
    ['training options for a head', { recipe: 'HEAD', training: { epochs: 3 } }, 'training'],
    [
      'a replay ratio above the maximum',
      { recipe: 'SCRATCH', training: { continueLast: true, replayRatio: 101 } },
      'training.replayRatio',
    ],
    [
      'a shrink above 1',
      { recipe: 'SCRATCH', training: { continueLast: true, shrink: 1.1 } },
      'training.shrink',
    ],
    [
      'replay without continueLast',
      { recipe: 'SCRATCH', training: { replayRatio: 1 } },
      'training.replayRatio',
    ],
    ['an unknown backbone', { recipe: 'FINETUNE', training: { backboneId: 'none' } }, 'backboneId'],
  ])('%s is refused with the name of the field', async (_, input, field) => {
    const { run, error } = await start(input);
    expect(run).toBeNull();
    expect(error?.__typename).toBe('InvalidInput');
    expect(error?.field).toContain(field);
  });

  test('a file with an unknown architecture fails with a clear sentence and changes nothing', async () => {
    await newDataset(4);
    const { run } = await start({ recipe: 'FINETUNE', training: { backboneId: 'b_mean' } });
    const before = await state();
    expect(await ended(run?.number)).toMatchObject({
      status: 'FAILED',
      failure: expect.stringContaining('architecture') as string,
    });
    const after = await state();
    expect(after).toMatchObject({ backbone: before.backbone, backboneChange: null });
    expect(ownNetworks(after)).toEqual([]);
  });

  test('a missing previous network fails with a clear sentence', async () => {
    const { run } = await start({ recipe: 'SCRATCH', training: { continueLast: true } });
    expect((await ended(run?.number))?.failure).toContain('Start a run without continueLast');
  });
});
