import { randomUUID } from 'node:crypto';
import { parseGlobalId } from '../../graphql/globalId';
import type { ApiClient } from '../../testing/apiClient';
import { createDataset, uploadPhotos } from '../../testing/factories';
import { startTestServer, type TestServer } from '../../testing/testServer';

let server: TestServer;
let ada: ApiClient;

beforeAll(async () => {
  server = await startTestServer();
  ada = await server.person('Ada');
});
afterAll(async () => {
  await ada.close();
  await server.close();
});

interface Measured {
  labels: number;
  accuracy: number;
  sample: number;
}

/** Creates a dataset whose runs on `backbone` have these measurements. */
async function withRuns(measured: readonly Measured[], backbone = 'ours') {
  const dataset = await createDataset(ada, randomUUID());
  await uploadPhotos(ada, dataset.id, 2);
  const { dataSource } = server.container;
  const id = parseGlobalId(dataset.id)?.id;
  await dataSource.query(`UPDATE dataset SET backbone_id = 'ours' WHERE id = $1`, [id]);
  for (const [index, { labels, accuracy, sample }] of measured.entries()) {
    const run = randomUUID();
    await dataSource.query(
      `INSERT INTO retrain_run (id, dataset_id, number, status, recipe, trigger, backbone_id, published_at, label_count, metrics)
       VALUES ($1, $2, $3, 'PUBLISHED', 'HEAD', 'MANUAL', $4, now() + make_interval(secs => $3::int), $5, $6)`,
      [run, id, index + 1, backbone, labels, { testAccuracy: 0.5, testCount: 40 }],
    );
    await dataSource.query(
      `INSERT INTO run_report (run_id, calibration, confusion) VALUES ($1, $2, '[]')`,
      [run, { accuracy, sampleCount: sample, temperature: 1, bins: [] }],
    );
  }
  return dataset.id;
}
interface ForecastAnswer {
  target: number;
  source: string;
  accuracy: { value: number; low: number; high: number } | null;
  labelsNeeded: { value: number | null } | null;
  curve: { labels: number }[];
  measurements: { round: number }[];
  advice: string;
  reason: string;
  sentence: string;
}
const ask = (id: string, target: number | null = null) =>
  ada.raw<{ dataset: { targetAccuracy: number; forecast: ForecastAnswer } }>(
    `query ($id: ID!, $target: Float) { dataset(id: $id) { targetAccuracy forecast(target: $target) {
       target source advice reason sentence accuracy { value low high } labelsNeeded { value }
       curve { labels } measurements { round } } } }`,
    { id, target },
  );
const forecastOf = async (id: string, target?: number) => {
  const { data } = await ask(id, target);
  if (!data) throw new Error('no data');
  return data.dataset.forecast;
};
const rising = [100, 200, 300, 400, 500].map((labels) => ({
  labels,
  accuracy: 0.95 - 2 * labels ** -0.6,
  sample: 4 * labels,
}));

test('measured runs give a curve, the labels still needed and the advice to go on', async () => {
  const forecast = await forecastOf(await withRuns(rising), 0.93);
  expect(forecast).toMatchObject({ target: 0.93, source: 'RANDOM_SAMPLE' });
  expect(forecast.measurements).toHaveLength(5);
  expect(forecast.accuracy?.low).toBeLessThan(forecast.accuracy?.value ?? 0);
  expect(forecast.labelsNeeded?.value).toBeGreaterThan(0);
  // Two images leave no room for more labels.
  expect(forecast).toMatchObject({ advice: 'CONTINUE', reason: 'OUT_OF_REACH' });
});

test('a target that is reached says stop; nothing measured says go on', async () => {
  expect(await forecastOf(await withRuns(rising), 0.7)).toMatchObject({
    advice: 'STOP',
    reason: 'REACHED',
    labelsNeeded: { value: 0 },
    sentence: expect.stringMatching(/^Stop now/) as string,
  });
  expect(await forecastOf(await withRuns([]))).toMatchObject({
    target: 0.95,
    accuracy: null,
    curve: [],
    advice: 'CONTINUE',
    reason: 'TOO_EARLY',
  });
});

test('runs on another backbone tell nothing of this one', async () => {
  expect((await forecastOf(await withRuns(rising, 'theirs'))).reason).toBe('TOO_EARLY');
});

test('while the random sample is small, the test labels stand in and say so', async () => {
  const small = rising.map((one) => ({ ...one, sample: 5 }));
  expect(await forecastOf(await withRuns(small))).toMatchObject({ source: 'TEST_SPLIT' });
});

test('the target is set once for everybody, and one outside 0 to 1 is refused', async () => {
  const id = await withRuns([]);
  const set = (targetAccuracy: number) =>
    ada.request<{ updateDataset: { error: { __typename: string } | null } }>(
      `mutation ($id: ID!, $targetAccuracy: Float) { updateDataset(input: { id: $id, targetAccuracy: $targetAccuracy }) {
         error { __typename } } }`,
      { id, targetAccuracy },
    );
  expect((await set(0.9)).updateDataset.error).toBeNull();
  expect((await forecastOf(id)).target).toBeCloseTo(0.9, 6);
  expect((await set(1)).updateDataset.error).toEqual({ __typename: 'InvalidInput' });
  expect((await ask(id, 95)).errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
});
