import { randomUUID } from 'node:crypto';
import { lockRow } from '../../database/rowLock';
import { parseGlobalId } from '../../graphql/globalId';
import type { ApiClient } from '../../testing/apiClient';
import { Dataset } from '../datasets/dataset.entity';
import { Image } from '../images/image.entity';
import {
  createDataset,
  photo,
  upload,
  uploadPhotos,
  type TestDataset,
} from '../../testing/factories';
import { startTestServer, type TestServer } from '../../testing/testServer';
import { waitUntil } from '../../testing/waitUntil';

const recordLabel = `mutation ($input: RecordLabelInput!) { recordLabel(input: $input) {
  clientMutationId label { id extra inForce class { id } person { name } }
  image { id version consensus { class { id } } labels { id class { id } } }
  error { __typename message ... on Conflict { image { version consensus { class { id } } } } } } }`;
const undoLabel = `mutation ($input: UndoLabelInput!) { undoLabel(input: $input) {
  label { inForce } image { version consensus { class { id } } labels { id } } error { __typename message } } }`;

interface Payload {
  label: { id: string; extra: boolean; inForce: boolean; class: { id: string } } | null;
  image: {
    version: number;
    consensus: { class: { id: string } } | null;
    labels: { id: string; class: { id: string } }[];
  } | null;
  error: { __typename: string; message: string; image?: { version: number } } | null;
}

let server: TestServer;
let ada: ApiClient;
let bob: ApiClient;
let dataset: TestDataset;
let images: string[];
let cat: string;
let dog: string;
let next = 0;

beforeAll(async () => {
  server = await startTestServer({ env: { LABELLOOP_LEASE_SECONDS: '5' } });
  ada = await server.person('Ada');
  bob = await server.person('Bob');
  dataset = await createDataset(ada, 'labels');
  images = await uploadPhotos(ada, dataset.id, 30);
  [cat, dog] = dataset.classes.map((one) => one.id) as [string, string];
});
afterAll(() => server.close());

const freshImage = () => images[next++] ?? '';
const record = async (client: ApiClient, input: object) =>
  (
    await client.request<{ recordLabel: Payload }>(recordLabel, {
      input: { clientMutationId: randomUUID(), ...input },
    })
  ).recordLabel;
const undo = async (client: ApiClient, labelId = '') =>
  (
    await client.request<{ undoLabel: Payload }>(undoLabel, {
      input: { labelId, clientMutationId: randomUUID() },
    })
  ).undoLabel;
const leaseOf = async (client: ApiClient, imageId: string) => {
  for (;;) {
    const { leaseTasks } = await client.request<{
      leaseTasks: { tasks: { leaseToken: string; image: { id: string } }[] };
    }>(
      `mutation ($id: ID!) { leaseTasks(input: { datasetId: $id, count: 100 }) { tasks { leaseToken image { id } } } }`,
      { id: dataset.id },
    );
    const task = leaseTasks.tasks.find((one) => one.image.id === imageId);
    if (task || leaseTasks.tasks.length === 0) return task?.leaseToken ?? '';
  }
};
const expireLeases = () =>
  server.container.dataSource.query(`UPDATE lease SET expires_at = now() - interval '1 second'`);

test('a label settles what the image is agreed to be', async () => {
  const imageId = freshImage();
  const { label, image, error } = await record(ada, { imageId, classId: cat, expectedVersion: 0 });
  expect(error).toBeNull();
  expect(label).toMatchObject({ extra: false, inForce: true, class: { id: cat } });
  expect(image).toMatchObject({ version: 1, consensus: { class: { id: cat } } });
});

test('a repeated clientMutationId returns the first result and writes nothing', async () => {
  const input = { imageId: freshImage(), classId: cat, clientMutationId: randomUUID() };
  const answers = await Promise.all([1, 2, 3, 4].map(() => record(ada, input)));
  expect(new Set(answers.map((answer) => answer.label?.id)).size).toBe(1);
  expect(answers.at(-1)?.image?.version).toBe(1);
  expect(answers.at(-1)?.image?.labels).toHaveLength(1);
});

test('the same clientMutationId with other content is an error', async () => {
  const clientMutationId = randomUUID();
  const imageId = freshImage();
  await record(ada, { imageId, classId: cat, clientMutationId });
  const { error, label } = await record(ada, { imageId, classId: dog, clientMutationId });
  expect(error?.__typename).toBe('IdempotencyMismatch');
  expect(label).toBeNull();
});

describe('a repeat returns the first result', () => {
  const archive = (id: string, archived: boolean) =>
    ada.request(
      'mutation ($input: ArchiveClassInput!) { archiveClass(input: $input) { class { id } } }',
      {
        input: { id, archived },
      },
    );
  const outcome = ({ label, error }: Payload) => ({
    labelId: label?.id,
    error: error && { type: error.__typename, message: error.message },
  });

  test('of an answer whose class was archived since', async () => {
    const input = { imageId: freshImage(), classId: dog, clientMutationId: randomUUID() };
    const first = outcome(await record(ada, input));
    await archive(dog, true);
    try {
      expect(outcome(await record(ada, input))).toEqual(first);
    } finally {
      await archive(dog, false);
    }
  });

  test('of an answer whose class was archived, and is not any more', async () => {
    const input = { imageId: freshImage(), classId: dog, clientMutationId: randomUUID() };
    await archive(dog, true);
    const first = outcome(await record(ada, input));
    await archive(dog, false);
    expect(first.error).toMatchObject({ type: 'InvalidInput' });
    expect(outcome(await record(ada, input))).toEqual(first);
    expect((await record(ada, { ...input, clientMutationId: randomUUID() })).error).toBeNull();
  });

  test('of an answer in conflict', async () => {
    const imageId = freshImage();
    await record(bob, { imageId, classId: cat });
    const input = { imageId, classId: dog, clientMutationId: randomUUID() };
    const first = outcome(await record(ada, { ...input, expectedVersion: 0 }));
    expect(first.error).toMatchObject({ type: 'Conflict' });
    expect(outcome(await record(ada, { ...input, expectedVersion: 1 }))).toEqual(first);
  });

  test('of an undo of a label that was undone before', async () => {
    const { label } = await record(ada, { imageId: freshImage(), classId: cat });
    await undo(ada, label?.id);
    const input = { labelId: label?.id, clientMutationId: randomUUID() };
    const repeat = async () =>
      outcome((await ada.request<{ undoLabel: Payload }>(undoLabel, { input })).undoLabel);
    const first = await repeat();
    expect(first.error).toMatchObject({ type: 'InvalidState' });
    expect(await repeat()).toEqual(first);
  });
});

test('two people may use the same clientMutationId', async () => {
  const clientMutationId = randomUUID();
  await record(ada, { imageId: freshImage(), classId: cat, clientMutationId });
  const { error } = await record(bob, { imageId: freshImage(), classId: dog, clientMutationId });
  expect(error).toBeNull();
});

test('a stale expectedVersion is a Conflict that shows what the image is now', async () => {
  const imageId = freshImage();
  await record(ada, { imageId, classId: cat, expectedVersion: 0 });
  const { error, label } = await record(bob, { imageId, classId: dog, expectedVersion: 0 });
  expect(label).toBeNull();
  expect(error).toMatchObject({
    __typename: 'Conflict',
    image: { version: 1, consensus: { class: { id: cat } } },
  });
});

test('a correction that knows the version decides', async () => {
  const imageId = freshImage();
  await record(ada, { imageId, classId: cat });
  const { image } = await record(bob, { imageId, classId: dog, expectedVersion: 1 });
  expect(image).toMatchObject({ version: 2, consensus: { class: { id: dog } } });
  expect(image?.labels).toHaveLength(2);
});

test('keeps a late answer as an extra label when somebody else settled the image', async () => {
  const imageId = freshImage();
  const leaseToken = await leaseOf(ada, imageId);
  expect(leaseToken).not.toBe('');
  await expireLeases();
  await record(bob, { imageId, classId: dog });
  const { label, image, error } = await record(ada, {
    imageId,
    classId: cat,
    leaseToken,
    expectedVersion: 0,
  });
  expect(error).toBeNull();
  expect(label).toMatchObject({ extra: true, inForce: true });
  expect(image).toMatchObject({ consensus: { class: { id: dog } } });
});

test('a second answer with the same lease changes the person’s own answer', async () => {
  const imageId = freshImage();
  await expireLeases();
  const leaseToken = await leaseOf(ada, imageId);
  expect(leaseToken).not.toBe('');
  await record(ada, { imageId, classId: cat, leaseToken });
  const { label, image } = await record(ada, { imageId, classId: dog, leaseToken });
  expect(label).toMatchObject({ extra: false, inForce: true });
  expect(image).toMatchObject({ consensus: { class: { id: dog } }, labels: [{ id: label?.id }] });
});

test('a second answer with the same lease stays extra when somebody else answered between', async () => {
  const imageId = freshImage();
  await expireLeases();
  const leaseToken = await leaseOf(ada, imageId);
  expect(leaseToken).not.toBe('');
  await record(ada, { imageId, classId: cat, leaseToken });
  await record(bob, { imageId, classId: cat });
  const { label, image } = await record(ada, { imageId, classId: dog, leaseToken });
  expect(label).toMatchObject({ extra: true, inForce: false });
  expect(image).toMatchObject({ consensus: { class: { id: cat } } });
  expect(image?.labels).toHaveLength(2);
});

test('a late answer does not replace the person’s own newer one', async () => {
  const imageId = freshImage();
  await expireLeases();
  const leaseToken = await leaseOf(ada, imageId);
  // On another device. It ends the lease.
  await record(ada, { imageId, classId: cat });
  const { label, image } = await record(ada, { imageId, classId: dog, leaseToken });
  expect(label).toMatchObject({ extra: true, inForce: false });
  expect(image).toMatchObject({ consensus: { class: { id: cat } } });
});

test('one person answers one image at most 200 times', async () => {
  const imageId = freshImage();
  const { label } = await record(ada, { imageId, classId: cat });
  await server.container.dataSource.query(
    `WITH given AS (INSERT INTO label (id, dataset_id, image_id, class_id, user_id, origin, extra, in_force)
       SELECT gen_random_uuid(), dataset_id, image_id, class_id, user_id, origin, true, false
       FROM label, generate_series(2, 200) WHERE id = $1 RETURNING *)
     INSERT INTO label_event (dataset_id, image_id, label_id, class_id, user_id, kind, origin)
       SELECT dataset_id, image_id, id, class_id, user_id, 'recorded', origin FROM given`,
    [parseGlobalId(label?.id ?? '')?.id],
  );
  const { error } = await record(ada, { imageId, classId: dog });
  expect(error).toMatchObject({ __typename: 'LimitExceeded' });
  expect((await record(bob, { imageId, classId: dog })).error).toBeNull();
});

test('a lease that has ended is not renewed after somebody else answered', async () => {
  const renewed = async (leaseToken: string) =>
    (
      await ada.request<{ renewLeases: { tasks: object[] } }>(
        'mutation ($t: String!) { renewLeases(input: { leaseTokens: [$t] }) { tasks { leaseToken } } }',
        { t: leaseToken },
      )
    ).renewLeases.tasks;
  const [first, second] = [freshImage(), freshImage()];
  await expireLeases();
  const answered = await leaseOf(ada, first);
  const [{ token: open }] = await server.container.dataSource.query<[{ token: string }]>(
    'SELECT token FROM lease WHERE image_id = $1',
    [parseGlobalId(second)?.id],
  );
  await expireLeases();
  await record(bob, { imageId: first, classId: dog });
  expect(await renewed(answered)).toEqual([]);
  expect(await renewed(open)).toHaveLength(1);
});

test('a late answer still decides when nobody else answered', async () => {
  const imageId = freshImage();
  const leaseToken = await leaseOf(ada, imageId);
  await expireLeases();
  const { label, image } = await record(ada, {
    imageId,
    classId: cat,
    leaseToken,
    expectedVersion: 0,
  });
  expect(label?.extra).toBe(false);
  expect(image?.consensus?.class.id).toBe(cat);
});

test('undo of the only label opens the image again', async () => {
  const imageId = freshImage();
  const { label } = await record(ada, { imageId, classId: cat });
  const { image } = await undo(ada, label?.id);
  expect(image).toMatchObject({ version: 2, consensus: null, labels: [] });
});

test('undo of a changed answer brings the earlier one back', async () => {
  const imageId = freshImage();
  const first = await record(ada, { imageId, classId: cat });
  const second = await record(ada, { imageId, classId: dog });
  expect(second.image?.labels).toHaveLength(1);
  const { image } = await undo(ada, second.label?.id);
  expect(image?.labels.map((label) => label.id)).toEqual([first.label?.id]);
  expect(image?.consensus?.class.id).toBe(cat);
});

test('nobody undoes another person’s label, nor one twice', async () => {
  const { label } = await record(ada, { imageId: freshImage(), classId: cat });
  expect((await undo(bob, label?.id)).error?.__typename).toBe('Forbidden');
  await undo(ada, label?.id);
  expect((await undo(ada, label?.id)).error?.__typename).toBe('InvalidState');
});

test('label events can only be added', async () => {
  const change = (sql: string) => server.container.dataSource.query(sql);
  await expect(change('DELETE FROM label_event')).rejects.toThrow('append-only');
  await expect(change(`UPDATE label_event SET kind = 'undone'`)).rejects.toThrow('append-only');
});

test('refuses unknown ids, classes of other datasets and archived classes, and writes nothing', async () => {
  const imageId = freshImage();
  const other = await createDataset(ada, 'foreign');
  const attempts = [
    { imageId: 'nonsense', classId: cat },
    { imageId: cat, classId: cat },
    { imageId, classId: other.classes[0]?.id },
    { imageId, classId: imageId },
    { imageId, classId: cat, clientMutationId: ' ' },
  ];
  const errors = await Promise.all(attempts.map((input) => record(ada, input)));
  expect(errors.map(({ error }) => error?.__typename)).toEqual([
    'NotFound',
    'NotFound',
    'InvalidInput',
    'NotFound',
    'InvalidInput',
  ]);
  const { node } = await ada.request<{ node: { version: number } }>(
    'query ($id: ID!) { node(id: $id) { ... on Image { version } } }',
    { id: imageId },
  );
  expect(node.version).toBe(0);
});

test('asks strangers to sign in', async () => {
  const stranger = new (ada.constructor as typeof ApiClient)(server.url);
  const input = { imageId: freshImage(), classId: cat, clientMutationId: 'x' };
  const { errors } = await stranger.raw(recordLabel, { input });
  expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
});

test('a grid is recorded at once, each answer on its own', async () => {
  const inputs = [freshImage(), 'nonsense', freshImage()].map((imageId) => ({
    imageId,
    classId: dog,
    clientMutationId: randomUUID(),
  }));
  const { recordLabels } = await ada.request<{ recordLabels: { results: Payload[] } }>(
    `mutation ($input: RecordLabelsInput!) { recordLabels(input: $input) { results {
       label { id } error { __typename } } error { __typename } } }`,
    { input: { labels: inputs } },
  );
  expect(
    recordLabels.results.map(({ label, error }) => error?.__typename ?? typeof label?.id),
  ).toEqual(['string', 'NotFound', 'string']);
});

test('an answer does not wait for a transaction that locks the dataset, such as the publication of a run', async () => {
  const runner = server.container.dataSource.createQueryRunner();
  await runner.startTransaction();
  const id = parseGlobalId(dataset.id)?.id ?? '';
  await lockRow(runner.manager, Dataset, id);
  const answer = await record(ada, { imageId: freshImage(), classId: cat });
  expect(answer.error).toBeNull();
  await runner.rollbackTransaction();
  await runner.release();
});

test('a label that comes with a file waits for an answer to its image, holds no class, and does not replace the answer', async () => {
  const bytes = await photo('answered meanwhile');
  const [stored] = await upload(ada, dataset.id, [{ fileName: 'first.jpg', bytes }]);
  const idOf = (globalId = '') => parseGlobalId(globalId)?.id ?? '';
  const imageId = idOf(stored?.image?.id);
  const runner = server.container.dataSource.createQueryRunner();
  await runner.startTransaction();
  await lockRow(runner.manager, Image, imageId);
  const again = upload(ada, dataset.id, [{ fileName: 'again.jpg', bytes, className: 'cat' }]);
  await waitUntil(async () => {
    const waiting: unknown[] = await server.container.dataSource.query(
      `SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() <> pid AND datname = current_database()
         AND wait_event_type = 'Lock' AND query LIKE '%FOR NO KEY UPDATE%'`,
    );
    return waiting.length > 0;
  });
  await runner.query('SELECT 1 FROM class WHERE id = $1 FOR UPDATE NOWAIT', [idOf(cat)]);
  await runner.manager.update(Image, { id: imageId }, { consensusClassId: idOf(dog) });
  await runner.commitTransaction();
  await runner.release();
  await again;
  const { consensusClassId } = await server.container.dataSource.manager.findOneByOrFail(Image, {
    id: imageId,
  });
  expect(consensusClassId).toBe(idOf(dog));
});
