import type { ApiClient } from '../../testing/apiClient';
import { createDataset, uploadPhotos } from '../../testing/factories';
import { startTestServer, type TestServer } from '../../testing/testServer';

let server: TestServer;
let ada: ApiClient;

beforeAll(async () => {
  server = await startTestServer();
  ada = await server.person('Ada');
});
afterAll(() => server.close());

interface Payload {
  dataset: { id: string; name: string; autoRetrainAfter: number } | null;
  error: { __typename: string; message: string; field?: string } | null;
}
const payload = `dataset { id name autoRetrainAfter }
  error { __typename message ... on InvalidInput { field } ... on AlreadyExists { field } }`;
const create = async (input: object) =>
  (
    await ada.request<{ createDataset: Payload }>(
      `mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { ${payload} } }`,
      { input },
    )
  ).createDataset;
const update = async (input: object) =>
  (
    await ada.request<{ updateDataset: Payload }>(
      `mutation ($input: UpdateDatasetInput!) { updateDataset(input: $input) { ${payload} } }`,
      { input },
    )
  ).updateDataset;
const countDatasets = async () =>
  (await ada.request<{ datasets: { totalCount: number } }>('{ datasets { totalCount } }')).datasets
    .totalCount;
const codeOf = async (query: string, variables: object = {}) =>
  (await ada.raw(query, variables)).errors?.[0]?.extensions?.code;

test('a dataset is made under its tidied name, with its classes', async () => {
  const { dataset, error } = await create({ name: '  Sea   birds ', classNames: ['gull', 'tern'] });
  expect(error).toBeNull();
  expect(dataset).toMatchObject({ name: 'Sea birds', autoRetrainAfter: 20 });
  const { node } = await ada.request<{ node: object }>(
    `query ($id: ID!) { node(id: $id) { __typename id ... on Dataset { createdBy { name }
       classes { name position hotkey } counts { images labelled labels leased } } } }`,
    { id: dataset?.id },
  );
  expect(node).toEqual({
    __typename: 'Dataset',
    id: dataset?.id,
    createdBy: { name: 'Ada' },
    classes: [
      { name: 'gull', position: 0, hotkey: 'q' },
      { name: 'tern', position: 1, hotkey: 'w' },
    ],
    counts: { images: 0, labelled: 0, labels: 0, leased: 0 },
  });
});

test.each([
  ['an empty name', { name: '  ' }, 'InvalidInput', 'name'],
  ['a line break in the name', { name: 'a\nb' }, 'InvalidInput', 'name'],
  ['a NUL in the name', { name: 'a\0b' }, 'InvalidInput', 'name'],
  ['a name that is too long', { name: 'x'.repeat(121) }, 'LimitExceeded', undefined],
  ['an empty class name', { classNames: ['a', ' '] }, 'InvalidInput', 'name'],
  ['a class named twice', { classNames: ['Cat', 'cAT'] }, 'AlreadyExists', 'name'],
  [
    'too many classes',
    { classNames: Array.from({ length: 2001 }, (_, index) => `c${index}`) },
    'LimitExceeded',
    undefined,
  ],
  ['a negative number of labels', { autoRetrainAfter: -1 }, 'InvalidInput', 'autoRetrainAfter'],
  ['too many labels between runs', { autoRetrainAfter: 100_001 }, 'LimitExceeded', undefined],
  ['a NUL in the seed', { seed: 'a\0b' }, 'InvalidInput', 'seed'],
  ['a seed that is too long', { seed: 'x'.repeat(1_000) }, 'LimitExceeded', undefined],
])('%s is refused and nothing is written', async (what, input, type, field) => {
  const before = await countDatasets();
  const { dataset, error } = await create({ name: what, ...input });
  expect(dataset).toBeNull();
  expect(error?.__typename).toBe(type);
  expect(error?.field).toBe(field);
  expect(await countDatasets()).toBe(before);
});

test('a name is taken once, in upper or lower case, also by people who come at once', async () => {
  const answers = await Promise.all(
    ['Owls', 'owls', 'OWLS', 'oWLs'].map((name) => create({ name })),
  );
  expect(answers.filter((answer) => answer.dataset)).toHaveLength(1);
  const refused = answers.flatMap((answer) => answer.error ?? []);
  expect(refused.map((error) => error.__typename)).toEqual(Array(3).fill('AlreadyExists'));
  expect(refused[0]?.message).toContain('Choose another name.');
});

test('a dataset is renamed, to its own name in another case too, but not to another’s', async () => {
  const { id } = await createDataset(ada, 'before');
  await createDataset(ada, 'occupied');
  expect((await update({ id, name: 'after' })).dataset?.name).toBe('after');
  expect((await update({ id, name: 'AFTER' })).dataset?.name).toBe('AFTER');
  expect((await update({ id, name: 'Occupied' })).error).toMatchObject({
    __typename: 'AlreadyExists',
    field: 'name',
  });
  expect((await update({ id, name: '' })).error?.__typename).toBe('InvalidInput');
  expect((await update({ id, autoRetrainAfter: 7 })).dataset).toMatchObject({
    name: 'AFTER',
    autoRetrainAfter: 7,
  });
});

test('unknown ids and ids of other things are not found', async () => {
  const { classes } = await createDataset(ada, 'ids');
  const unknown = Buffer.from('Dataset:0198c2a4-7a3b-7c1d-9e2f-1234567890ab').toString('base64url');
  for (const id of [unknown, classes[0]?.id ?? '', 'nonsense', '']) {
    expect((await update({ id, name: 'x' })).error?.__typename).toBe('NotFound');
    expect(await codeOf('query ($id: ID!) { dataset(id: $id) { name } }', { id })).toBe(
      'NOT_FOUND',
    );
  }
});

test('node and nodes find things of every kind by their ids, and give null for the rest', async () => {
  const { id, classes } = await createDataset(ada, 'nodes');
  const [image] = await uploadPhotos(ada, id, 1);
  const { viewer } = await ada.request<{ viewer: { id: string } }>('{ viewer { id } }');
  const ids = [id, classes[0]?.id, image, viewer.id];
  const unknown = Buffer.from('Image:0198c2a4-7a3b-7c1d-9e2f-1234567890ab').toString('base64url');
  const { nodes } = await ada.request<{ nodes: unknown[] }>(
    'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }',
    { ids: [...ids, unknown, 'nonsense', id] },
  );
  const types = ['Dataset', 'Class', 'Image', 'User'];
  const found = types.map((__typename, index) => ({ __typename, id: ids[index] }));
  expect(nodes).toEqual([...found, null, null, found[0]]);
  const { node } = await ada.request<{ node: unknown }>('{ node(id: "x") { id } }');
  expect(node).toBeNull();
});

test('more nodes than a page holds are refused', async () => {
  const ids = Array.from({ length: 501 }, () => 'x');
  const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
  expect(await codeOf(query, { ids })).toBe('LIMIT_EXCEEDED');
  expect(await codeOf(query, { ids: ids.slice(1) })).toBeUndefined();
});

test('everything asks for sign-in', async () => {
  const { id } = await createDataset(ada, 'closed');
  const stranger = new (ada.constructor as typeof ApiClient)(server.url);
  for (const query of [
    '{ datasets { totalCount } }',
    `{ dataset(id: "${id}") { name } }`,
    `{ node(id: "${id}") { id } }`,
    'mutation { createDataset(input: { name: "x" }) { error { message } } }',
  ])
    expect((await stranger.raw(query)).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
});

test('people sign in by name, in upper or lower case, and out again', async () => {
  const signIn = `mutation ($name: String!) { signIn(input: { name: $name }) { user { id name } token error { __typename } } }`;
  const typeOf = async (name: string) =>
    (await ada.request<{ signIn: { error: { __typename: string } | null } }>(signIn, { name }))
      .signIn.error?.__typename;
  expect(await typeOf(' ')).toBe('InvalidInput');
  expect(await typeOf('a\0b')).toBe('InvalidInput');
  expect(await typeOf('x'.repeat(121))).toBe('LimitExceeded');
  const people = await Promise.all(
    ['Grace', 'grace', ' GRACE '].map((name) => server.person(name)),
  );
  const viewers = await Promise.all(
    people.map((one) => one.request<{ viewer: { id: string } | null }>('{ viewer { id } }')),
  );
  expect(new Set(viewers.map(({ viewer }) => viewer?.id)).size).toBe(1);
  await people[0]?.request('mutation { signOut { error { message } } }');
  expect(await people[0]?.request('{ viewer { id } }')).toEqual({ viewer: null });
  expect(await people[1]?.request('{ viewer { id } }')).toEqual(viewers[0]);
});
