import { randomUUID } from 'node:crypto';
import { parseGlobalId } from '../../graphql/globalId';
import { take, type ApiClient } from '../../testing/apiClient';
import { colourPhotos } from '../../testing/colourPhotos';
import { upload, type TestDataset } from '../../testing/factories';
import { ColourDataset, colourOf, type ColourImage } from '../../testing/colourDataset';
import { train as trainRun } from '../../testing/runs';
import { startScene, type Scene } from '../../testing/scene';
import type { TestServer } from '../../testing/testServer';
import { waitUntil } from '../../testing/waitUntil';

interface Run {
  id: string;
  number: number;
  status: string;
}
interface Payload {
  run: Run | null;
  error: { __typename: string; message: string } | null;
}

const perColour = 8;
let scene: Scene;
let server: TestServer;
let ada: ApiClient;
let bob: ApiClient;
let dataset: TestDataset;
let photos: ColourDataset;
let images: readonly ColourImage[];
/** The first two rounds of every test: red and green only, then blue too. */
let rounds: [Run, Run];

beforeAll(async () => {
  scene = await startScene({ people: ['Ada', 'Bob'] });
  ({ server } = scene);
  [ada, bob] = scene.people as [ApiClient, ApiClient];
});
afterAll(() => scene.close());

async function newRounds() {
  photos = await ColourDataset.create(ada, { photosPerClass: perColour });
  ({ dataset, images } = photos);
  await labelSome(ada, 'red', 4);
  await labelSome(ada, 'green', 4);
  const first = await train();
  await labelSome(bob, 'blue', 4);
  rounds = [first, await train()];
}

const counts = () => photos.counts();
async function labelSome(person: ApiClient, colour: string, count: number) {
  for (const image of photos.ofColour(colour, count)) await photos.label(image, person);
}
const newest = async () =>
  (
    await ada.request<{ dataset: { retrainRuns: { nodes: Run[] } } }>(
      'query ($id: ID!) { dataset(id: $id) { retrainRuns(first: 1) { nodes { id number status } } } }',
      { id: dataset.id },
    )
  ).dataset.retrainRuns.nodes[0];
const train = (): Promise<Run> => trainRun(ada, dataset.id);
const mutate = async (name: 'makeRunCurrent' | 'restoreRunPredictions', id: string) =>
  (
    await ada.request<Record<string, Payload>>(
      `mutation ($id: ID!) { ${name}(input: { id: $id }) { run { id number status } error { __typename message } } }`,
      { id },
    )
  )[name] as Payload;
const makeCurrent = (run: Run) => mutate('makeRunCurrent', run.id);
const current = async () =>
  (
    await ada.request<{ dataset: { currentRun: Run } }>(
      'query ($id: ID!) { dataset(id: $id) { currentRun { id number status } } }',
      { id: dataset.id },
    )
  ).dataset.currentRun;
interface Predicted {
  fileName: string;
  prediction: { class: { name: string }; confidence: number; run: { number: number } } | null;
}
const predictions = async () =>
  (
    await ada.request<{ dataset: { images: { nodes: Predicted[] } } }>(
      `query ($id: ID!) { dataset(id: $id) { images(first: 100) { nodes {
         fileName prediction { class { name } confidence run { number } } } } } }`,
      { id: dataset.id },
    )
  ).dataset.images.nodes;

interface Diff {
  compared: number;
  changedClass: number;
  gained: number;
  lost: number;
  missing: Run[];
  changes: {
    nodes: {
      change: number;
      image: { fileName: string };
      fromClass: { name: string };
      toClass: { name: string };
    }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
  transitions: { fromClass: { name: string }; toClass: { name: string }; count: number }[];
  labels: {
    person: { name: string };
    class: { name: string };
    given: number;
    undone: number;
    becameClass: number;
  }[];
  classes: { class: { name: string }; fromRecall: number | null; toRecall: number | null }[];
}
const diffFields = `compared changedClass gained lost missing { id number status }
  changes(first: $first, after: $after, kind: $kind) {
    nodes { change image { fileName } fromClass { name } toClass { name } }
    pageInfo { hasNextPage endCursor } }
  transitions { fromClass { name } toClass { name } count }
  labels { person { name } class { name } given undone becameClass }
  classes { class { name } fromRecall toRecall }`;
const diffOf = async (from: Run, to: Run, variables: object = {}) =>
  (
    await ada.request<{ runDiff: Diff }>(
      `query ($from: ID!, $to: ID!, $first: Int! = 50, $after: String, $kind: RunChangeKind! = CHANGED_CLASS) {
         runDiff(fromRunId: $from, toRunId: $to) { ${diffFields} } }`,
      { from: from.id, to: to.id, ...variables },
    )
  ).runDiff;
const rawId = (globalId: string) => parseGlobalId(globalId)?.id ?? '';
const drop = ({ id }: Run) => server.container.predictions.drop(rawId(id), 1);

describe('what changed', () => {
  beforeAll(newRounds);

  test('the second round says which images became blue, and whose labels did it', async () => {
    const diff = await diffOf(...rounds);
    expect(diff).toMatchObject({ compared: images.length, changedClass: perColour, missing: [] });
    expect(diff.transitions.reduce((sum, { count }) => sum + count, 0)).toBe(perColour);
    expect(new Set(diff.transitions.map(({ toClass }) => toClass.name))).toEqual(new Set(['blue']));
    expect(diff.labels).toEqual([
      {
        person: { name: 'Bob' },
        class: { name: 'blue' },
        given: 4,
        undone: 0,
        becameClass: perColour,
      },
    ]);
    expect(diff.changes.nodes.every(({ image }) => colourOf(image.fileName) === 'blue')).toBe(true);
    const sizes = diff.changes.nodes.map(({ change }) => Math.abs(change));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  });

  test('changes come page by page, none twice and none left out', async () => {
    const [first, second] = rounds;
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const { changes } = await diffOf(first, second, { first: 3, after, kind: 'ALL' });
      seen.push(...changes.nodes.map(({ image }) => image.fileName));
      if (!changes.pageInfo.hasNextPage) break;
      after = changes.pageInfo.endCursor;
    }
    const { changes } = await diffOf(first, second, { first: 100, kind: 'ALL' });
    expect(seen).toEqual(changes.nodes.map(({ image }) => image.fileName));
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(perColour);
  });

  test('a run is compared with the one before it; the first has none, and with itself nothing changed', async () => {
    const { retrainRun } = await ada.request<{
      retrainRun: { previous: Run; changesSincePrevious: { changedClass: number } };
    }>(
      'query ($id: ID!) { retrainRun(id: $id) { previous { id } changesSincePrevious { changedClass } } }',
      {
        id: rounds[1].id,
      },
    );
    expect(retrainRun).toEqual({
      previous: { id: rounds[0].id },
      changesSincePrevious: { changedClass: perColour },
    });
    const first = await ada.request(
      'query ($id: ID!) { retrainRun(id: $id) { previous { id } changesSincePrevious { changedClass } } }',
      { id: rounds[0].id },
    );
    expect(first).toEqual({ retrainRun: { previous: null, changesSincePrevious: null } });
    expect(await diffOf(rounds[1], rounds[1])).toMatchObject({
      changedClass: 0,
      gained: 0,
      lost: 0,
    });
  });
});

describe('going back', () => {
  beforeEach(newRounds);

  test('an earlier round is current again: its predictions, the queue, and everybody hears of it', async () => {
    await train();
    const events = bob.subscribe<{ datasetEvents: { __typename: string; run?: Run } }>(
      `subscription ($id: ID!) { datasetEvents(datasetId: $id) { __typename
       ... on RunPublished { run { id number status } } } }`,
      { id: dataset.id },
    );
    // The order of the run before may still arrive, so only what follows the publication counts.
    let published = false;
    const heard = take(events, 2, ({ data }) => {
      const event = data?.datasetEvents;
      published ||= event?.__typename === 'RunPublished' && event.run?.id === rounds[0].id;
      return published && ['RunPublished', 'QueueOrdered'].includes(event?.__typename ?? '');
    });
    const { id, number } = rounds[0];
    expect(await makeCurrent(rounds[0])).toEqual({
      run: { id, number, status: 'PUBLISHED' },
      error: null,
    });
    expect((await heard).map(({ data }) => data?.datasetEvents)).toMatchObject([
      { __typename: 'RunPublished', run: { id } },
      { __typename: 'QueueOrdered' },
    ]);
    const seen = await predictions();
    expect(seen.every(({ prediction }) => prediction?.run.number === 1)).toBe(true);
    expect(seen.some(({ prediction }) => prediction?.class.name === 'blue')).toBe(false);
    const next = await train();
    expect(next.number).toBe(4);
    expect(
      (await predictions()).filter(({ prediction }) => prediction?.class.name === 'blue'),
    ).toHaveLength(perColour);
  });

  test('images that came after a round are predicted by it once it is current again', async () => {
    const [extra] = (await colourPhotos(perColour + 1)).slice(-1);
    await upload(ada, dataset.id, [{ ...extra!, fileName: 'new.jpg' }]);
    await waitUntil(async () => (await counts()).embedded === images.length + 1);
    await makeCurrent(rounds[0]);
    await waitUntil(async () =>
      (await predictions()).every(({ prediction }) => prediction?.run.number === 1),
    );
    expect(await predictions()).toHaveLength(images.length + 1);
  });

  test('deleted predictions are listed, computed again, and equal the earlier ones', async () => {
    const before = await diffOf(...rounds);
    await drop(rounds[0]);
    const without = await diffOf(...rounds);
    expect(without).toMatchObject({
      compared: 0,
      changedClass: 0,
      missing: [{ id: rounds[0].id }],
    });
    expect((await mutate('restoreRunPredictions', rounds[0].id)).error).toBeNull();
    await waitUntil(async () => (await diffOf(...rounds)).missing.length === 0);
    expect(await diffOf(...rounds)).toEqual(before);
    expect((await current()).id).toBe(rounds[1].id);
  });

  test('a round whose predictions were deleted becomes current when they are computed again', async () => {
    await drop(rounds[0]);
    expect((await makeCurrent(rounds[0])).error).toBeNull();
    await waitUntil(async () => (await current()).id === rounds[0].id);
    const seen = await predictions();
    expect(seen.every(({ prediction }) => prediction?.run.number === 1)).toBe(true);
    const { retrainRun } = await ada.request<{ retrainRun: object }>(
      'query ($id: ID!) { retrainRun(id: $id) { predictionsKept restoration { fraction } } }',
      { id: rounds[0].id },
    );
    expect(retrainRun).toEqual({ predictionsKept: true, restoration: null });
  });

  test('a run that was published since the asking stays current', async () => {
    await drop(rounds[0]);
    const { dataSource, jobs } = server.container;
    // The request was made while the first round was current. Round 2 was published since.
    await dataSource.query(
      `INSERT INTO run_restoration (run_id, dataset_id, make_current, from_run_id, asked_by)
     SELECT id, dataset_id, true, id, started_by FROM retrain_run WHERE id = $1`,
      [rawId(rounds[0].id)],
    );
    await jobs.send('restore', { runId: rawId(rounds[0].id) });
    await waitUntil(async () => (await diffOf(...rounds)).missing.length === 0);
    expect((await current()).id).toBe(rounds[1].id);
  });

  test('what cannot be made current is refused with what to do about it', async () => {
    const { dataSource } = server.container;
    const sql = (text: string, ...parameters: unknown[]) => dataSource.query(text, parameters);
    const saysOf = async (run: Run) => {
      const { error } = await makeCurrent(run);
      expect(error?.__typename).toBe('InvalidState');
      return error?.message;
    };
    const id = rawId(dataset.id);
    await sql('UPDATE dataset SET backbone_id = $2 WHERE id = $1', id, 'another');
    expect(await saysOf(rounds[0])).toContain('setDatasetBackbone');
    await sql(
      'UPDATE dataset SET backbone_id = (SELECT backbone_id FROM model WHERE run_id = $2) WHERE id = $1',
      id,
      rawId(rounds[0].id),
    );
    const waiting = randomUUID();
    await sql(
      `INSERT INTO retrain_run (id, dataset_id, number, status, recipe, trigger, worker_id)
     SELECT $1, $2, 99, 'RUNNING', 'HEAD', 'MANUAL', id FROM worker LIMIT 1`,
      waiting,
      id,
    );
    expect(await saysOf(rounds[0])).toContain('Round 99 is running');
    await sql(`UPDATE retrain_run SET status = 'FAILED' WHERE id = $1`, waiting);
    const failed = (await newest()) as Run;
    expect(await saysOf(failed)).toContain('was not published');
    expect(await makeCurrent(rounds[1])).toMatchObject({ run: { id: rounds[1].id }, error: null });
    expect((await makeCurrent(rounds[0])).error).toBeNull();
  });

  test('going back while runs are published never deadlocks and leaves one whole model in place', async () => {
    const going = async () => {
      for (const run of [rounds[0], rounds[1], rounds[0]]) await makeCurrent(run);
    };
    const training = async () => {
      for (let count = 0; count < 2; count++) await train();
    };
    await Promise.all([training(), going(), going()]);
    const { number } = await current();
    await waitUntil(async () =>
      (await predictions()).every(({ prediction }) => prediction?.run.number === number),
    );
  });

  test('predictions of the last ten published runs stay, and those of the current one however old', async () => {
    const { dataSource, predictions: tables, kept } = server.container;
    const datasetId = rawId(dataset.id);
    const ids = Array.from({ length: 12 }, () => randomUUID());
    for (const [index, id] of ids.entries()) {
      await dataSource.query(
        `INSERT INTO retrain_run (id, dataset_id, number, status, recipe, trigger, attempt, published_at, metrics)
       VALUES ($1, $2, $3, 'PUBLISHED', 'HEAD', 'MANUAL', 1, now() + make_interval(secs => $3::int), '{"rescoredCount": 24}')`,
        [id, datasetId, 100 + index],
      );
      await tables.stage(id, 1);
      await tables.attach(dataSource.manager, id, 1);
    }
    await dataSource.query('UPDATE dataset SET current_run_id = $2 WHERE id = $1', [
      datasetId,
      ids[0],
    ]);
    await kept.dropSuperseded(datasetId);
    const left = await kept.ofRuns([...rounds.map(({ id }) => rawId(id)), ...ids]);
    expect(ids.map((id) => left.get(id))).toEqual(ids.map((_, index) => index !== 1));
    expect(rounds.map(({ id }) => left.get(rawId(id)))).toEqual([false, false]);
    await dataSource.query(
      `UPDATE retrain_run SET metrics = '{"rescoredCount": 3000000}' WHERE dataset_id = $1`,
      [datasetId],
    );
    await kept.dropSuperseded(datasetId);
    const few = await kept.ofRuns(ids);
    expect(ids.flatMap((id, index) => (few.get(id) ? [index] : []))).toEqual([0, 10, 11]);
  });
});
