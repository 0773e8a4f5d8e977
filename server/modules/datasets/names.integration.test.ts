import { randomUUID } from 'node:crypto';
import type { ApiClient } from '../../testing/apiClient';
import { createDataset, photo, upload } from '../../testing/factories';
import { startTestServer, type TestServer } from '../../testing/testServer';

interface Failure {
  __typename: string;
  message: string;
  field?: string;
}

let server: TestServer;
let ada: ApiClient;

beforeAll(async () => {
  server = await startTestServer();
  ada = await server.person('Ada');
});
afterAll(() => server.close());

const failure =
  'error { __typename message ... on InvalidInput { field } ... on AlreadyExists { field } }';

async function send(mutation: string, type: string, input: object): Promise<Failure | null> {
  const { result } = await ada.request<{ result: { error: Failure | null } }>(
    `mutation ($input: ${type}!) { result: ${mutation}(input: $input) { ${failure} } }`,
    { input },
  );
  return result.error;
}
const addClass = (datasetId: string, name: string) =>
  send('addClass', 'AddClassInput', { datasetId, name });
const newDataset = (name: string, classNames: string[] = []) =>
  send('createDataset', 'CreateDatasetInput', { name, classNames });
const signIn = (name: string) => send('signIn', 'SignInInput', { name });

test('names of classes, datasets and people are refused for the same characters', async () => {
  const { id } = await createDataset(ada, randomUUID());
  const name = `photo\u202E${randomUUID()}`;
  for (const error of [await addClass(id, name), await newDataset(name), await signIn(name)]) {
    expect(error).toMatchObject({ __typename: 'InvalidInput', field: 'name' });
    expect(error?.message).toContain('U+202E');
  }
  const plain = name.replace('\u202E', '');
  expect(await addClass(id, plain)).toBeNull();
  expect(await newDataset(plain)).toBeNull();
  expect(await signIn(plain)).toBeNull();
});

test('a class that looks like another of the dataset is refused, and the other is named', async () => {
  const { id, classes } = await createDataset(ada, randomUUID(), ['cat', 'dog']);
  const error = await addClass(id, 'сat');
  expect(error).toMatchObject({ __typename: 'AlreadyExists', field: 'name' });
  expect(error?.message).toContain('looks like “cat”');
  const renamed = await send('updateClass', 'UpdateClassInput', {
    id: classes[1]?.id,
    name: 'ｃat',
  });
  expect(renamed?.message).toContain('looks like “cat”');
  // The class itself may be renamed to a look-alike of its old name.
  expect(
    await send('updateClass', 'UpdateClassInput', { id: classes[0]?.id, name: 'саt' }),
  ).toBeNull();
  // Another dataset may have it.
  expect(await newDataset(randomUUID(), ['cat'])).toBeNull();
  expect((await newDataset(randomUUID(), ['cat', 'сat']))?.message).toContain('looks like “cat”');
});

test('a class that differs only in case is refused as before', async () => {
  const { id } = await createDataset(ada, randomUUID(), ['cat']);
  expect((await addClass(id, 'Cat'))?.message).toContain('already has a class named “Cat”');
});

test('a dataset that looks like another is refused, and may keep its own name', async () => {
  const name = `cat ${randomUUID()}`;
  const { id } = await createDataset(ada, name);
  const alike = name.replace('c', 'с');
  expect((await newDataset(alike))?.message).toContain(`looks like the dataset “${name}”`);
  expect((await newDataset(name.toUpperCase()))?.message).toContain('already a dataset named');
  expect(await send('updateDataset', 'UpdateDatasetInput', { id, name: alike })).toBeNull();
});

test('a new person cannot look like another one, and the other still signs in', async () => {
  const name = `Eve ${randomUUID()}`;
  expect(await signIn(name)).toBeNull();
  const error = await signIn(name.replace('E', 'Е'));
  expect(error).toMatchObject({ __typename: 'AlreadyExists', field: 'name' });
  expect(error?.message).toContain(`looks like the name of “${name}”`);
  expect(await signIn(name)).toBeNull();
  expect(await signIn(name.toLowerCase())).toBeNull();
});

test('two people who choose names that look alike at the same time do not both get in', async () => {
  const name = `cope ${randomUUID()}`;
  const alike = [name, name.replace('c', 'с'), name.replace('o', 'о'), name.replace('p', 'р')];
  const errors = await Promise.all(alike.map(signIn));
  expect(errors.filter((error) => error === null)).toHaveLength(1);
});

test('a name of an earlier version still signs in', async () => {
  const name = `Old\u200B${randomUUID()}`;
  await server.container.dataSource.query('INSERT INTO user_account (id, name) VALUES ($1, $2)', [
    randomUUID(),
    name,
  ]);
  expect(await signIn(name)).toBeNull();
});

test('a file whose class looks like an existing one stays unlabelled', async () => {
  const { id } = await createDataset(ada, randomUUID(), ['cat']);
  const [known, alike] = await upload(ada, id, [
    { fileName: 'a.jpg', bytes: await photo('a'), className: 'cat' },
    { fileName: 'b.jpg', bytes: await photo('b'), className: 'сat' },
  ]);
  expect(known?.image?.version).toBe(1);
  expect(alike?.image?.version).toBe(0);
  const { dataset } = await ada.request<{ dataset: { classes: { name: string }[] } }>(
    'query ($id: ID!) { dataset(id: $id) { classes { name } } }',
    { id },
  );
  expect(dataset.classes.map(({ name }) => name)).toEqual(['cat']);
});
