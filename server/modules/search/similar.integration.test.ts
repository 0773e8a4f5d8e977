import { randomUUID } from 'node:crypto';
import { parseGlobalId, toGlobalId } from '../../graphql/globalId';
import { ApiClient } from '../../testing/apiClient';
import { colourNames } from '../../testing/colourPhotos';
import { createDataset, uploadPhotos, type TestDataset } from '../../testing/factories';
import {
  ColourDataset,
  colourOf as colourOfFile,
  type ColourImage,
} from '../../testing/colourDataset';
import { recordLabel } from '../../testing/labelling';
import { startScene, type Scene } from '../../testing/scene';
import type { TestServer } from '../../testing/testServer';
import { waitUntil } from '../../testing/waitUntil';

let scene: Scene;
let server: TestServer;
let ada: ApiClient;
let dataset: TestDataset;
let photos: ColourDataset;
let images: readonly ColourImage[];

const perColour = 6;

beforeAll(async () => {
  scene = await startScene();
  ({ server } = scene);
  [ada] = scene.people as [ApiClient];
  photos = await ColourDataset.create(ada, { photosPerClass: perColour });
  ({ dataset, images } = photos);
});
afterAll(() => scene.close());

const embedded = async (client: ApiClient, id: string) =>
  (
    await client.request<{ dataset: { counts: { embedded: number } } }>(
      'query ($id: ID!) { dataset(id: $id) { counts { embedded } } }',
      { id },
    )
  ).dataset.counts.embedded;

interface SimilarImage {
  similarity: number;
  image: { id: string; fileName: string };
}
const query = `query ($ids: [ID!]!, $first: Int! = 100, $filter: ImageFilter) {
  similarImages(imageIds: $ids, first: $first, filter: $filter) { similarity image { id fileName } } }`;
const find = async (ids: string[], options: object = {}) =>
  (await ada.request<{ similarImages: SimilarImage[] }>(query, { ids, ...options })).similarImages;
const colourOf = ({ fileName }: { fileName: string }) => colourOfFile(fileName);
const ofColour = (colour = '') => photos.ofColour(colour);
const label = (imageId: string, classId: string | undefined) =>
  recordLabel(ada, { imageId, classId });

test('images of the same colour come first, most alike first, the example left out', async () => {
  const [example] = ofColour(colourNames[0]);
  const found = await find([example?.id ?? '']);
  expect(found).toHaveLength(images.length - 1);
  expect(found.slice(0, perColour - 1).map(({ image }) => colourOf(image))).toEqual(
    Array<string>(perColour - 1).fill(colourNames[0] ?? ''),
  );
  const similarities = found.map(({ similarity }) => similarity);
  expect(similarities).toEqual([...similarities].sort((a, b) => b - a));
  expect(found.some(({ image }) => image.id === example?.id)).toBe(false);
});

test('several examples ask for what they have in common', async () => {
  const [a] = ofColour(colourNames[0]);
  const [b] = ofColour(colourNames[1]);
  const found = await find([a?.id ?? '', b?.id ?? '', a?.id ?? ''], { first: 2 * perColour - 2 });
  const colours = new Set(found.map(({ image }) => colourOf(image)));
  expect(colours).toEqual(new Set(colourNames.slice(0, 2)));
});

test('a filter goes further down the ranking until there are enough', async () => {
  const others = ofColour(colourNames[2]);
  const classId = dataset.classes.find(({ name }) => name === colourNames[2])?.id;
  for (const { id } of others) await label(id, classId);
  const [example] = ofColour(colourNames[0]);
  const labelled = await find([example?.id ?? ''], { first: 3, filter: { labelled: true } });
  expect(labelled.map(({ image }) => colourOf(image))).toEqual(Array(3).fill(colourNames[2]));
  const open = await find([example?.id ?? ''], { filter: { labelled: false } });
  expect(open).toHaveLength(images.length - 1 - others.length);
});

test('an image uploaded since the last search is found too', async () => {
  const [example] = ofColour(colourNames[0]);
  const before = await find([example?.id ?? '']);
  await uploadPhotos(ada, dataset.id, 1);
  await waitUntil(async () => (await embedded(ada, dataset.id)) === images.length + 1);
  expect(await find([example?.id ?? ''])).toHaveLength(before.length + 1);
});

const refusal = async (client: ApiClient, ids: string[], options: object = {}) =>
  (await client.raw(query, { ids, ...options })).errors?.[0];

test('no image, too many, one that is not there, and two datasets are refused', async () => {
  const other = await createDataset(ada, randomUUID());
  const [theirs] = await uploadPhotos(ada, other.id, 1);
  const [mine] = images;
  const lost = toGlobalId('Image', randomUUID());
  expect(await refusal(ada, [])).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
  expect(await refusal(ada, [mine?.id ?? '', theirs ?? ''])).toMatchObject({
    message: 'Send images of one dataset only.',
  });
  expect(await refusal(ada, [mine?.id ?? ''], { first: 501 })).toMatchObject({
    extensions: { code: 'LIMIT_EXCEEDED' },
  });
  expect(await refusal(ada, [mine?.id ?? '', lost])).toMatchObject({
    extensions: { code: 'NOT_FOUND' },
  });
  const eve = new ApiClient(server.url);
  expect(await refusal(eve, [mine?.id ?? ''])).toMatchObject({
    extensions: { code: 'UNAUTHENTICATED' },
  });
});

/**
 * Changes the database directly, to the state that a missing backbone or a slow worker would leave.
 */
const sql = (text: string, parameters: unknown[]) =>
  server.container.dataSource.query<unknown[]>(text, parameters);

test('an image not embedded yet, a dataset without embeddings or backbone: each says so', async () => {
  const other = await createDataset(ada, randomUUID());
  const [one = '', two = ''] = await uploadPhotos(ada, other.id, 2);
  await waitUntil(async () => (await embedded(ada, other.id)) === 2);
  const rawId = (id: string) => parseGlobalId(id)?.id;
  // An image that was just stored: it is neither embedded nor cached.
  const [fresh] = (await sql(
    `INSERT INTO image SELECT (json_populate_record(image, json_build_object('id', gen_random_uuid(),
       'ordinal', 2, 'sha256', '\\x00'))).* FROM image WHERE id = $1 RETURNING id`,
    [rawId(one)],
  )) as { id: string }[];
  const saysOf = async (id: string) => {
    const error = await refusal(ada, [id]);
    expect(error?.extensions?.code).toBe('INVALID_STATE');
    return error?.message;
  };
  expect(await saysOf(toGlobalId('Image', fresh?.id ?? ''))).toContain('is not embedded yet');
  expect((await find([two])).map(({ image }) => image.id)).toEqual([one]);
  await sql('UPDATE dataset SET backbone_id = $2 WHERE id = $1', [rawId(other.id), 'another']);
  expect(await saysOf(two)).toContain('No image of this dataset is embedded yet');
  await sql('UPDATE dataset SET backbone_id = NULL WHERE id = $1', [rawId(other.id)]);
  expect(await saysOf(two)).toContain('no backbone');
});
