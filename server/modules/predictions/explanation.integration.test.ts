import { randomUUID } from 'node:crypto';
import { writeOnnxModel } from '../../../models/onnx';
import { denseTailNet, meanColour, smallConvNet } from '../../../models/testing';
import { parseGlobalId } from '../../graphql/globalId';
import type { ApiClient } from '../../testing/apiClient';
import { colourNames, colourPhotos } from '../../testing/colourPhotos';
import { createDataset, upload, type TestDataset } from '../../testing/factories';
import { startScene, type Scene } from '../../testing/scene';
import type { TestServer } from '../../testing/testServer';
import { waitUntil } from '../../testing/waitUntil';

let scene: Scene;
let server: TestServer;
let ada: ApiClient;
let dataset: TestDataset;
let images: { id: string; className: string }[];

beforeAll(async () => {
  const sine = denseTailNet({ between: (builder, x) => builder.node('Sin', [x], 'sine') });
  scene = await startScene({
    backbones: {
      'a_conv.onnx': smallConvNet('channels first'),
      'b_mean.onnx': meanColour(),
      'c_dense.onnx': writeOnnxModel(denseTailNet()),
      'd_sine.onnx': writeOnnxModel(sine),
    },
  });
  ({ server } = scene);
  [ada] = scene.people as [ApiClient];
  await newDataset();
});
afterAll(() => scene.close());

async function newDataset() {
  dataset = await createDataset(ada, randomUUID(), colourNames);
  const photos = await colourPhotos(4);
  const results = await upload(
    ada,
    dataset.id,
    photos.map((photo) => ({ ...photo, className: photo.fileName.split('/')[0] ?? '' })),
  );
  images = results.map(({ image, fileName }) => ({
    id: image?.id ?? '',
    className: fileName.split('/')[0] ?? '',
  }));
}
const counts = async () =>
  (
    await ada.request<{ dataset: { counts: { embedded: number; predicted: number } } }>(
      'query ($id: ID!) { dataset(id: $id) { counts { embedded predicted } } }',
      { id: dataset.id },
    )
  ).dataset.counts;
async function train() {
  await waitUntil(async () => (await counts()).embedded === images.length);
  await ada.request(
    'mutation ($id: ID!) { startRetrainRun(input: { datasetId: $id }) { run { id } } }',
    { id: dataset.id },
  );
  await waitUntil(async () => (await counts()).predicted === images.length);
}

interface Explanation {
  width: number;
  height: number;
  values: number[];
  largest: number;
  logit: number;
  method: string;
  class: { id: string; name: string };
  run: { number: number };
}
const ask = (imageId: string, classId: string | null = null) =>
  ada.raw<{ explainPrediction: Explanation }>(
    `query ($imageId: ID!, $classId: ID) { explainPrediction(imageId: $imageId, classId: $classId) {
       width height values largest logit method class { id name } run { number } } }`,
    { imageId, classId },
  );
const explain = async (imageId: string, classId?: string) => {
  const { data, errors } = await ask(imageId, classId);
  if (!data) throw new Error(errors?.[0]?.message);
  return data.explainPrediction;
};
const codeOf = async (imageId: string, classId?: string) =>
  (await ask(imageId, classId)).errors?.[0]?.extensions?.code;

test('before the first run there is nothing to explain, and it says when there will be', async () => {
  const { errors } = await ask(images[0]?.id ?? '');
  expect(errors?.[0]).toMatchObject({
    extensions: { code: 'INVALID_STATE' },
    message: expect.stringContaining('It gets one when it is embedded') as string,
  });
});

test('the predicted class is explained by a map of the whole image', async () => {
  await train();
  for (const { id, className } of images) {
    const explanation = await explain(id);
    expect(explanation).toMatchObject({
      width: 6,
      height: 6,
      method: 'CLOSED_FORM',
      class: { name: className },
      run: { number: 1 },
    });
    expect(explanation.values).toHaveLength(36);
    expect(Math.min(...explanation.values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...explanation.values)).toBe(1);
  }
});

/**
 * Checks every class's logit of an image: the largest belongs to the predicted class, and its
 * confidence follows.
 */
async function expectLogitsToPredict(imageId: string) {
  const all = await Promise.all(dataset.classes.map(({ id }) => explain(imageId, id)));
  const { node } = await ada.request<{
    node: { prediction: { confidence: number; class: { id: string } } };
  }>(
    'query ($id: ID!) { node(id: $id) { ... on Image { prediction { confidence class { id } } } } }',
    { id: imageId },
  );
  const best = all.reduce((a, b) => (b.logit > a.logit ? b : a));
  expect(best.class.id).toBe(node.prediction.class.id);
  const sum = all.reduce((total, { logit }) => total + Math.exp(logit - best.logit), 0);
  // Stored embeddings are half floats, but the explanation reads the image itself.
  expect(1 / sum).toBeCloseTo(node.prediction.confidence, 2);
}

test('the predicted class has the largest logit, and the confidence follows from all of them', () =>
  expectLogitsToPredict(images[0]?.id ?? ''));

test('a class the model never saw is refused, and so are unknown ids', async () => {
  const { addClass } = await ada.request<{ addClass: { class: { id: string } } }>(
    'mutation ($id: ID!) { addClass(input: { datasetId: $id, name: "teal" }) { class { id } } }',
    { id: dataset.id },
  );
  const [image] = images;
  expect(await codeOf(image?.id ?? '', addClass.class.id)).toBe('BAD_USER_INPUT');
  expect(await codeOf(image?.id ?? '', image?.id)).toBe('NOT_FOUND');
  expect(await codeOf(dataset.id)).toBe('NOT_FOUND');
  const stranger = new (ada.constructor as typeof ApiClient)(server.url);
  const { errors } = await stranger.raw(`{ explainPrediction(imageId: "${image?.id}") { logit } }`);
  expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
});

/** Creates a dataset whose images are predicted on this backbone. */
async function predictOn(backboneId: string) {
  await newDataset();
  await ada.request(
    `mutation ($id: ID!, $backboneId: String!) {
       setDatasetBackbone(input: { datasetId: $id, backboneId: $backboneId }) { dataset { id } } }`,
    { id: dataset.id, backboneId },
  );
  await waitUntil(async () => (await counts()).predicted === images.length);
}

test('a backbone with dense layers behind its map is explained by automatic differentiation', async () => {
  await predictOn('c_dense');
  const explanations = await Promise.all(images.map(({ id }) => explain(id)));
  for (const { width, height, method, values, largest } of explanations) {
    expect([width, height, method]).toEqual([6, 6, 'AUTOMATIC_DIFFERENTIATION']);
    expect(values).toHaveLength(36);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBe(largest > 0 ? 1 : 0);
  }
  expect(explanations.some(({ largest }) => largest > 0)).toBe(true);
  for (const { id } of images) await expectLogitsToPredict(id);
});

test('a backbone that cannot be differentiated is told with what is in the way', async () => {
  await predictOn('d_sine');
  expect((await ask(images[0]?.id ?? '')).errors?.[0]).toMatchObject({
    extensions: { code: 'INVALID_STATE' },
    message: expect.stringContaining('the operator Sin') as string,
  });
});

test('a backbone without a feature map, or none at all, is told as such', async () => {
  await predictOn('b_mean');
  const [image] = images;
  expect((await ask(image?.id ?? '')).errors?.[0]).toMatchObject({
    extensions: { code: 'INVALID_STATE' },
    message: expect.stringContaining('no output `feature_map`') as string,
  });
  await server.container.dataSource.query(
    `UPDATE model SET backbone_id = 'gone' WHERE dataset_id = $1`,
    [parseGlobalId(dataset.id)?.id],
  );
  expect((await ask(image?.id ?? '')).errors?.[0]?.message).toContain(
    'does not have the backbone gone',
  );
});
