import { randomUUID } from 'node:crypto';
import { Lane } from '../../../shared/enums';
import type { ApiClient } from '../../testing/apiClient';
import {
  adoptedImages,
  consensusDifferences,
  withoutMajority,
} from '../../testing/consensusDifferences';
import { createDataset, uploadPhotos, type TestDataset } from '../../testing/factories';
import { startTestServer, type TestServer } from '../../testing/testServer';

interface Task {
  leaseToken: string;
  blind: boolean;
  image: { id: string; version: number };
}

let server: TestServer;
let people: ApiClient[];

beforeAll(async () => {
  server = await startTestServer();
  people = await Promise.all(['Ada', 'Bob', 'Cleo', 'Dan'].map((name) => server.person(name)));
});
afterAll(() => server.close());

const person = (at: number): ApiClient => people[at]!;

const update = async (dataset: TestDataset, input: object) =>
  (
    await person(0).request<{ updateDataset: { error: { message: string } | null } }>(
      'mutation ($input: UpdateDatasetInput!) { updateDataset(input: $input) { error { message } } }',
      { input: { id: dataset.id, ...input } },
    )
  ).updateDataset.error?.message;

async function lease(client: ApiClient, dataset: TestDataset, count = 50): Promise<Task[]> {
  const { leaseTasks } = await client.request<{ leaseTasks: { tasks: Task[] } }>(
    `mutation ($input: LeaseTasksInput!) { leaseTasks(input: $input) {
       tasks { leaseToken blind image { id version } } } }`,
    { input: { datasetId: dataset.id, lane: Lane.HARD, count } },
  );
  return leaseTasks.tasks;
}

interface Answered {
  label: { id: string; blind: boolean } | null;
  error: { __typename: string } | null;
}
async function answer(client: ApiClient, imageId: string, classId = '', more: object = {}) {
  const { recordLabel } = await client.request<{ recordLabel: Answered }>(
    `mutation ($input: RecordLabelInput!) { recordLabel(input: $input) {
       label { id blind } error { __typename } } }`,
    { input: { imageId, classId, clientMutationId: randomUUID(), ...more } },
  );
  return recordLabel;
}

const image = async (id: string) =>
  (
    await person(0).request<{
      node: { version: number; consensus: { class: { name: string }; isDecided: boolean } | null };
    }>(
      'query ($id: ID!) { node(id: $id) { ... on Image { version consensus { isDecided class { name } } } } }',
      { id },
    )
  ).node;
const agreed = async (id: string) => (await image(id)).consensus?.class.name;

async function newDataset(count: number, settings: object = {}) {
  const dataset = await createDataset(person(0), randomUUID());
  const images = await uploadPhotos(person(0), dataset.id, count);
  if (Object.keys(settings).length > 0) await update(dataset, settings);
  const [cat = '', dog = ''] = dataset.classes.map(({ id }) => id);
  return { dataset, images, cat, dog };
}

const everyImage = { overlapMode: 'SHARE', overlap: 3, overlapShare: 1 };

test('settings are kept, and refused with a reason outside their range', async () => {
  const { dataset } = await newDataset(0);
  expect(await update(dataset, { ...everyImage, blindShare: 0.25 })).toBeUndefined();
  const { dataset: read } = await person(1).request<{ dataset: object }>(
    'query ($id: ID!) { dataset(id: $id) { overlapMode overlap overlapShare blindShare } }',
    { id: dataset.id },
  );
  expect(read).toEqual({ ...everyImage, blindShare: 0.25 });
  expect(await update(dataset, { overlap: 6 })).toContain('1 to 5 answers');
  expect(await update(dataset, { overlapShare: 1.5 })).toContain('share from 0 to 1');
  expect(await update(dataset, { blindShare: -0.1 })).toContain('share from 0 to 1');
});

test('an image gets as many answers of different people as wanted, and nobody is asked twice', async () => {
  const { dataset, images, cat } = await newDataset(3, everyImage);
  const asked = new Map<string, Set<number>>(images.map((id) => [id, new Set<number>()]));
  for (let round = 0; round < 6; round++)
    for (const who of [0, 1, 2, 3])
      for (const task of await lease(person(who), dataset, 1)) {
        expect(asked.get(task.image.id)?.has(who)).toBe(false);
        asked.get(task.image.id)?.add(who);
        await answer(person(who), task.image.id, cat, { leaseToken: task.leaseToken });
      }
  expect([...asked.values()].map(({ size }) => size)).toEqual([3, 3, 3]);
});

test('without overlap an answered image is not asked about again', async () => {
  const { dataset, images, cat } = await newDataset(1);
  await answer(person(0), images[0]!, cat);
  expect(await lease(person(1), dataset)).toEqual([]);
});

test('people who ask at the same time never hold more leases than answers are wanted', async () => {
  const { dataset, images, cat } = await newDataset(4, everyImage);
  for (const id of images) await answer(person(0), id, cat);
  const others = [1, 2, 3].flatMap((who) => [who, who, who]);
  const leased = await Promise.all(
    others.map(async (who) => ({ who, tasks: await lease(person(who), dataset) })),
  );
  const holders = new Map<string, number[]>();
  for (const { who, tasks } of leased)
    for (const task of tasks)
      holders.set(task.image.id, [...(holders.get(task.image.id) ?? []), who]);
  for (const id of images) {
    const held = holders.get(id) ?? [];
    expect(held.length).toBeLessThanOrEqual(2);
    expect(new Set(held).size).toBe(held.length);
  }
  expect([...holders.values()].flat().length).toBeGreaterThanOrEqual(images.length);
});

test('two who hold the same image both answer, though the other changed it meanwhile', async () => {
  const { dataset, images, cat, dog } = await newDataset(1, everyImage);
  await answer(person(0), images[0]!, cat);
  const [bob] = await lease(person(1), dataset);
  const [cleo] = await lease(person(2), dataset);
  const send = (who: number, task: Task | undefined) =>
    answer(person(who), images[0]!, dog, {
      leaseToken: task?.leaseToken,
      expectedVersion: task?.image.version,
    });
  expect((await send(1, bob)).error).toBeNull();
  expect((await send(2, cleo)).error).toBeNull();
  expect(await agreed(images[0]!)).toBe('dog');
});

test('most answers decide, the newest breaks a tie, and an undone answer counts no more', async () => {
  const { images, cat, dog } = await newDataset(1);
  const [id = ''] = images;
  await answer(person(0), id, cat);
  const second = await answer(person(1), id, dog);
  expect(await agreed(id)).toBe('dog');
  await answer(person(2), id, cat);
  expect(await agreed(id)).toBe('cat');
  await answer(person(3), id, dog);
  expect(await agreed(id)).toBe('dog');
  await person(1).request(
    'mutation ($input: UndoLabelInput!) { undoLabel(input: $input) { error { message } } }',
    { input: { labelId: second.label?.id, clientMutationId: randomUUID() } },
  );
  expect(await agreed(id)).toBe('cat');
});

test('a correction by somebody who saw the consensus stands against the majority', async () => {
  const { images, cat, dog } = await newDataset(1);
  const [id = ''] = images;
  for (const who of [0, 1]) await answer(person(who), id, cat);
  const { version } = await image(id);
  expect((await answer(person(2), id, dog, { expectedVersion: version - 1 })).error).toMatchObject({
    __typename: 'Conflict',
  });
  const decision = await answer(person(2), id, dog, { expectedVersion: version });
  expect((await image(id)).consensus).toMatchObject({ isDecided: true, class: { name: 'dog' } });
  await answer(person(3), id, cat);
  expect(await agreed(id)).toBe('dog');
  await person(2).request(
    'mutation ($input: UndoLabelInput!) { undoLabel(input: $input) { error { message } } }',
    { input: { labelId: decision.label?.id, clientMutationId: randomUUID() } },
  );
  expect((await image(id)).consensus).toMatchObject({ isDecided: false, class: { name: 'cat' } });
});

test('a gold image is asked like any other, counts its answers, and never changes', async () => {
  const { dataset, images, cat, dog } = await newDataset(1, everyImage);
  const [id = ''] = images;
  const setGold = (classId: string) =>
    person(0).request<{ setGoldImage: { error: { message: string } | null } }>(
      'mutation ($input: SetGoldImageInput!) { setGoldImage(input: $input) { error { message } } }',
      { input: { imageId: id, classId } },
    );
  expect((await setGold(cat)).setGoldImage.error).toBeNull();
  expect(await agreed(id)).toBe('cat');
  // A gold task comes now and then, so the test leases until one appears.
  let task: Task | undefined;
  for (let i = 0; i < 200 && !task; i++) [task] = await lease(person(1), dataset, 20);
  expect(task?.image.id).toBe(id);
  await answer(person(1), id, dog, { leaseToken: task?.leaseToken });
  await answer(person(2), id, dog);
  await answer(person(3), id, cat);
  expect(await agreed(id)).toBe('cat');
  expect(await lease(person(1), dataset)).toEqual([]);
  const { dataset: read } = await person(0).request<{
    dataset: { annotators: { person: { name: string }; gold: object | null }[] };
  }>(
    'query ($id: ID!) { dataset(id: $id) { annotators { person { name } gold { right count } } } }',
    { id: dataset.id },
  );
  const gold = Object.fromEntries(read.annotators.map((one) => [one.person.name, one.gold]));
  expect(gold).toEqual({
    Bob: { right: 0, count: 1 },
    Cleo: { right: 0, count: 1 },
    Dan: { right: 1, count: 1 },
  });
});

test('an image that is no longer gold is what its answers say, at once', async () => {
  const { images, cat, dog } = await newDataset(2);
  const [answered = '', untouched = ''] = images;
  const setGold = (imageId: string) =>
    person(0).request(
      'mutation ($input: SetGoldImageInput!) { setGoldImage(input: $input) { error { message } } }',
      { input: { imageId, classId: cat } },
    );
  const removeGold = async (imageId: string) =>
    (
      await person(0).request<{ removeGoldImage: { image: object } }>(
        `mutation ($id: ID!) { removeGoldImage(imageId: $id) {
           image { version gold { createdAt } consensus { class { name } } } } }`,
        { id: imageId },
      )
    ).removeGoldImage.image;
  for (const id of images) await setGold(id);
  for (const who of [1, 2]) await answer(person(who), answered, dog);
  expect(await agreed(answered)).toBe('cat');
  const { version } = await image(answered);
  const ordinary = { version: version + 1, gold: null, consensus: { class: { name: 'dog' } } };
  expect(await removeGold(answered)).toEqual(ordinary);
  // Removing it a second time changes nothing.
  expect(await removeGold(answered)).toEqual(ordinary);
  expect(await removeGold(untouched)).toMatchObject({ gold: null, consensus: null });
});

test('a share of the tasks is blind, the same ones however often they are leased', async () => {
  const { dataset, images, cat } = await newDataset(24, { blindShare: 0.5 });
  const first = await lease(person(1), dataset);
  const blind = (tasks: Task[]) => tasks.filter((task) => task.blind).map((task) => task.image.id);
  expect(blind(first).length).toBeGreaterThan(2);
  expect(blind(first).length).toBeLessThan(images.length - 2);
  await person(1).request(
    'mutation ($input: ReleaseTasksInput!) { releaseTasks(input: $input) { released } }',
    { input: { leaseTokens: first.map((task) => task.leaseToken) } },
  );
  const second = await lease(person(1), dataset);
  expect(new Set(blind(second))).toEqual(new Set(blind(first)));
  const hidden = second.find((task) => task.blind)!;
  const shown = second.find((task) => !task.blind)!;
  expect(
    (await answer(person(1), hidden.image.id, cat, { leaseToken: hidden.leaseToken })).label?.blind,
  ).toBe(true);
  expect(
    (await answer(person(1), shown.image.id, cat, { leaseToken: shown.leaseToken })).label?.blind,
  ).toBe(false);
});

interface Statistics {
  agreement: {
    images: number;
    agreed: number;
    alpha: { value: number } | null;
    pairs: { images: number; kappa: { value: number } | null }[];
  } | null;
  annotators: { labels: number; quality: { right: number; count: number } | null }[];
  predictionBias: object | null;
}
const statistics = async (dataset: TestDataset) =>
  (
    await person(0).request<{ dataset: Statistics }>(
      `query ($id: ID!) { dataset(id: $id) {
         agreement { images agreed alpha { value } pairs { images kappa { value } person { name } other { name } } }
         annotators { labels quality { right count } } predictionBias { difference { value } } } }`,
      { id: dataset.id },
    )
  ).dataset;

test('agreement is measured on shared images alone, and absent without any', async () => {
  const { dataset, images, cat, dog } = await newDataset(4);
  expect(await statistics(dataset)).toEqual({
    agreement: null,
    annotators: [],
    predictionBias: null,
  });
  for (const id of images) await answer(person(0), id, cat);
  const alone = await statistics(dataset);
  expect(alone.agreement).toBeNull();
  expect(alone.annotators).toEqual([{ labels: 4, quality: null }]);
  await answer(person(1), images[0]!, cat);
  await answer(person(1), images[1]!, dog);
  const shared = await statistics(dataset);
  expect(shared.agreement).toMatchObject({ images: 2, agreed: 0.5, pairs: [{ images: 2 }] });
  expect(shared.agreement?.alpha?.value).toBeCloseTo(0);
  expect(shared.annotators).toEqual([
    { labels: 4, quality: { right: 1, count: 2 } },
    { labels: 2, quality: { right: 1, count: 2 } },
  ]);
});

test('every consensus of this file follows from its history', async () => {
  expect(await consensusDifferences(server)).toEqual([]);
  expect(await withoutMajority(server)).toEqual([]);
  expect(await adoptedImages(server)).toEqual([]);
});
