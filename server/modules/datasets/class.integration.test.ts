import { take, type ApiClient } from '../../testing/apiClient';
import { createDataset, photo, upload, type TestDataset } from '../../testing/factories';
import { startTestServer, type TestServer } from '../../testing/testServer';

let server: TestServer;
let ada: ApiClient;
let dataset: TestDataset;
let made = 0;

beforeAll(async () => {
  server = await startTestServer();
  ada = await server.person('Ada');
});
beforeEach(async () => {
  dataset = await createDataset(ada, `classes ${made++}`, ['cat', 'dog', 'emu']);
});
afterAll(async () => {
  await ada.close();
  await server.close();
});

interface ClassRow {
  id: string;
  name: string;
  color: string;
  hotkey: string | null;
  position: number;
  archived: boolean;
}
interface Payload {
  class: ClassRow | null;
  error: { __typename: string; message: string; field?: string } | null;
}
const row = 'id name color hotkey position archived';
const error =
  'error { __typename message ... on InvalidInput { field } ... on AlreadyExists { field } }';

async function mutate(name: string, input: object): Promise<Payload> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const answer = await ada.request<Record<string, Payload>>(
    `mutation ($input: ${type}!) { ${name}(input: $input) { class { ${row} } ${error} } }`,
    { input },
  );
  return answer[name] ?? { class: null, error: null };
}
const add = (input: object) => mutate('addClass', { datasetId: dataset.id, ...input });
const update = (id: string, input: object) => mutate('updateClass', { id, ...input });
const archive = (id: string, archived = true) => mutate('archiveClass', { id, archived });
const reorder = async (classIds: string[]) =>
  (
    await ada.request<{ reorderClasses: Pick<Payload, 'error'> }>(
      `mutation ($input: ReorderClassesInput!) { reorderClasses(input: $input) { ${error} } }`,
      { input: { datasetId: dataset.id, classIds } },
    )
  ).reorderClasses;
const classes = async (includeArchived = false) =>
  (
    await ada.request<{ dataset: { classes: ClassRow[] } }>(
      `query ($id: ID!, $all: Boolean!) { dataset(id: $id) { classes(includeArchived: $all) { ${row} } } }`,
      { id: dataset.id, all: includeArchived },
    )
  ).dataset.classes;
const ids = () => dataset.classes.map((one) => one.id) as [string, string, string];
const names = async () => (await classes()).map((one) => one.name);

test('a new class comes last, with the next colour and hotkey that are free', async () => {
  const before = await classes();
  expect(before.map((one) => one.hotkey)).toEqual(['q', 'w', 'e']);
  const added = await add({ name: ' Fish ' });
  expect(added.class).toMatchObject({ name: 'Fish', position: 3, hotkey: 'r', archived: false });
  expect(before.map((one) => one.color)).not.toContain(added.class?.color);
});

test('a class takes the colour and hotkey it is given', async () => {
  const { class: added } = await add({ name: 'fish', color: ' #ABCDEF ', hotkey: 'Ä' });
  expect(added).toMatchObject({ color: '#abcdef', hotkey: 'ä' });
});

test('classes past the last hotkey have none', async () => {
  const many = Array.from({ length: 30 }, (_, index) => `c${index}`);
  dataset = await createDataset(ada, 'many classes', many);
  const hotkeys = (await classes()).map((one) => one.hotkey);
  expect(new Set(hotkeys.slice(0, 26)).size).toBe(26);
  expect(hotkeys.slice(26)).toEqual([null, null, null, null]);
});

test.each([
  ['an empty name', { name: '' }, 'InvalidInput', 'name'],
  ['a control character', { name: 'a\tb' }, 'InvalidInput', 'name'],
  ['a name that is too long', { name: 'x'.repeat(121) }, 'LimitExceeded', undefined],
  ['a name that is taken in another case', { name: 'CAT' }, 'AlreadyExists', 'name'],
  ['a colour by name', { name: 'fish', color: 'red' }, 'InvalidInput', 'color'],
  ['a short colour', { name: 'fish', color: '#fff' }, 'InvalidInput', 'color'],
  ['a hotkey of two characters', { name: 'fish', hotkey: 'ab' }, 'InvalidInput', 'hotkey'],
  ['a hotkey that is no character', { name: 'fish', hotkey: '\0' }, 'InvalidInput', 'hotkey'],
])('%s is refused and nothing is written', async (_what, input, type, field) => {
  const [cat, dog] = ids();
  for (const payload of [await add(input), await update(dog, input)]) {
    expect(payload.class).toBeNull();
    expect(payload.error?.__typename).toBe(type);
    expect(payload.error?.field).toBe(field);
  }
  expect(await names()).toEqual(['cat', 'dog', 'emu']);
  expect(cat).toBeDefined();
});

test('a hotkey that is taken is refused with the name of its owner', async () => {
  const taken = {
    __typename: 'AlreadyExists',
    field: 'hotkey',
    message: expect.any(String) as string,
  };
  expect((await add({ name: 'fish', hotkey: 'Q' })).error).toEqual(taken);
  const { error: refusal } = await update(ids()[1], { hotkey: 'q' });
  expect(refusal).toEqual({ ...taken, message: 'The key “q” belongs to “cat”.' });
  expect((await update(ids()[0], { hotkey: 'q' })).error).toBeNull();
});

test('a class is renamed, recoloured and given another key; an empty one removes it', async () => {
  const [cat] = ids();
  expect((await update(cat, { name: 'CAT', color: '#102030', hotkey: 'z' })).class).toMatchObject({
    name: 'CAT',
    color: '#102030',
    hotkey: 'z',
  });
  expect((await update(cat, { hotkey: '' })).class).toMatchObject({ name: 'CAT', hotkey: null });
  expect((await add({ name: 'fish' })).class?.hotkey).toBe('q');
});

test('people who add the same class at once get it once', async () => {
  const answers = await Promise.all(['Fish', 'fish', 'FISH'].map((name) => add({ name })));
  expect(answers.filter((answer) => answer.class)).toHaveLength(1);
  expect(answers.flatMap((answer) => answer.error?.__typename ?? [])).toEqual(
    Array(2).fill('AlreadyExists'),
  );
});

test('an order names every unarchived class once', async () => {
  const [cat, dog, emu] = ids();
  const other = await createDataset(ada, `order of ${made}`, ['far']);
  expect((await reorder([emu, cat, dog])).error).toBeNull();
  expect(await names()).toEqual(['emu', 'cat', 'dog']);
  for (const wrong of [[], [cat, dog], [cat, dog, dog], [cat, dog, other.classes[0]?.id ?? '']])
    expect((await reorder(wrong)).error).toMatchObject({
      __typename: 'InvalidInput',
      field: 'classIds',
    });
  expect((await reorder([cat, dog, 'nonsense'])).error?.__typename).toBe('NotFound');
  expect(await names()).toEqual(['emu', 'cat', 'dog']);
  await archive(cat);
  expect((await reorder([cat, dog, emu])).error?.__typename).toBe('InvalidInput');
  expect((await reorder([dog, emu])).error).toBeNull();
});

test('an archived class comes back with images that bring its name, without its old key', async () => {
  const [cat] = await classes();
  await archive(cat?.id ?? '');
  await add({ name: 'gnu', hotkey: 'q' });
  await upload(ada, dataset.id, [
    { fileName: 'a.jpg', bytes: await photo('archived'), className: 'CAT' },
  ]);
  const found = (await classes()).find(({ id }) => id === cat?.id);
  expect(found).toMatchObject({ name: 'cat', archived: false, hotkey: null });
});

test('an archived class is out of sight and keeps its name; it comes back with its key', async () => {
  const [cat] = ids();
  expect((await archive(cat)).class).toMatchObject({ archived: true });
  expect(await names()).toEqual(['dog', 'emu']);
  expect((await classes(true)).map((one) => one.name)).toEqual(['cat', 'dog', 'emu']);
  expect((await add({ name: 'Cat' })).error?.__typename).toBe('AlreadyExists');
  expect((await archive(cat)).error).toBeNull();
  expect((await archive(cat, false)).class).toMatchObject({ archived: false, hotkey: 'q' });
});

test('a class whose key was given away meanwhile comes back with another', async () => {
  const [cat] = ids();
  await archive(cat);
  expect((await add({ name: 'fish', hotkey: 'q' })).error).toBeNull();
  const { class: restored } = await archive(cat, false);
  expect(restored?.hotkey).toBe('r');
  const hotkeys = (await classes()).map((one) => one.hotkey);
  expect(new Set(hotkeys).size).toBe(4);
});

test('changes of classes are events with the classes as they are', async () => {
  const { dataset: read } = await ada.request<{ dataset: { eventCursor: string } }>(
    'query ($id: ID!) { dataset(id: $id) { eventCursor } }',
    { id: dataset.id },
  );
  await add({ name: 'fish' });
  const events = ada.subscribe<{ datasetEvents: { __typename: string } }>(
    `subscription ($id: ID!, $after: String) { datasetEvents(datasetId: $id, after: $after) {
       __typename ... on ClassesChanged { classes { name } } } }`,
    { id: dataset.id, after: read.eventCursor },
  );
  // The cursor may replay an event from before it was read: here the creation of the dataset.
  const isChange = ({ data }: { data?: { datasetEvents: { __typename: string } } | null }) =>
    data?.datasetEvents.__typename === 'ClassesChanged';
  const [event] = await take(events, 1, isChange);
  await events.return?.();
  expect(event?.data?.datasetEvents).toEqual({
    __typename: 'ClassesChanged',
    classes: ['cat', 'dog', 'emu', 'fish'].map((name) => ({ name })),
  });
});

test('classes that are not there cannot be changed', async () => {
  for (const id of ['nonsense', dataset.id]) {
    expect((await update(id, { name: 'x' })).error?.__typename).toBe('NotFound');
    expect((await archive(id)).error?.__typename).toBe('NotFound');
  }
});

test('many datasets with more classes than are read at once keep their classes and their order', async () => {
  const sizes = [1_200, 3, 1_100, 900];
  const numbered = (count: number) => Array.from({ length: count }, (_, at) => `class ${at}`);
  const made: TestDataset[] = [];
  for (const [at, size] of sizes.entries())
    made.push(await createDataset(ada, `large ${at}`, numbered(size)));
  const found = await ada.request<Record<string, { classes: { name: string }[] }>>(
    `{ ${made.map(({ id }, at) => `d${at}: dataset(id: "${id}") { classes { name } }`).join(' ')} }`,
  );
  for (const [at, size] of sizes.entries())
    expect(found[`d${at}`]?.classes.map(({ name }) => name)).toEqual(numbered(size));
});
