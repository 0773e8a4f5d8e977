/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBackbones } from '../backbones/registry';
import { openBackbone, type BackboneSession } from '../backbones/session';
import { normaliseFeatures } from '../numeric/features';
import { meanOf, randomHead, uniformValues } from '../testing/randomHead';
import { smallConvNet } from '../testing/smallConvNet';
import { createScorer } from '../training/score';
import { classMap, heatOf } from './gradCam';

const classes = 4;
let folder: string;
const sessions: BackboneSession[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradcam-'));
  await writeFile(join(folder, 'first.onnx'), smallConvNet('channels first'));
  await writeFile(join(folder, 'last.onnx'), smallConvNet('channels last'));
  await writeFile(join(folder, 'max.onnx'), smallConvNet('channels first', 'GlobalMaxPool'));
  const { found } = await findBackbones([folder]);
  for (const backbone of found) sessions.push(await openBackbone(backbone, { threads: 1 }));
});
afterAll(async () => {
  for (const session of sessions) await session.dispose();
  await rm(folder, { recursive: true });
});

const named = (id: string) => {
  const session = sessions.find(({ backbone }) => backbone.id === id);
  if (!session) throw new Error(`no backbone ${id}`);
  return session;
};
const pixelsFor = ({ backbone }: BackboneSession) =>
  Uint8Array.from(
    uniformValues(backbone.inputSize ** 2 * 3, 'pixels'),
    (value) => 127.5 * (value + 1),
  );

describe.each(['first', 'last'])('the map of a backbone with its channels %s', (id) => {
  it('has the logit as its mean plus the bias, and is the same logit that predicts', async () => {
    const session = named(id);
    const pixels = pixelsFor(session);
    const dimensions = session.backbone.embeddingSize;
    const head = randomHead(dimensions, classes);
    const map = await session.featureMap(pixels);
    const features = normaliseFeatures(await session.embed(pixels, 1), dimensions);
    for (let k = 0; k < classes; k++) {
      const { values, logit, height, width } = classMap(map, head, k);
      expect([height, width, values.length]).toEqual([6, 6, 36]);
      expect(meanOf(values) + head.bias[k]!).toBeCloseTo(logit, 4);
      let predicted = head.bias[k]!;
      features.forEach((value, i) => (predicted += value * head.weights[i * classes + k]!));
      expect(Math.abs(logit - predicted)).toBeLessThan(1e-4);
    }
  });
});

it('gives the order in which the scorer ranks the classes', async () => {
  const session = named('first');
  const dimensions = session.backbone.embeddingSize;
  const pixels = pixelsFor(session);
  const head = randomHead(dimensions, classes);
  const map = await session.featureMap(pixels);
  const logits = Array.from({ length: classes }, (_, k) => classMap(map, head, k).logit);
  const scorer = await createScorer({ head, dimensions, classes });
  try {
    const features = normaliseFeatures(await session.embed(pixels, 1), dimensions);
    const { classIndex } = await scorer.score(features, 1);
    expect(classIndex[0]).toBe(logits.indexOf(Math.max(...logits)));
  } finally {
    await scorer.dispose();
  }
});

it('changes with the head, and between classes', async () => {
  const session = named('first');
  const map = await session.featureMap(pixelsFor(session));
  const of = (seed: string, k: number) => [
    ...classMap(map, randomHead(map.embedding.length, classes, seed), k).values,
  ];
  expect(of('head', 0)).toEqual(of('head', 0));
  expect(of('another head', 0)).not.toEqual(of('head', 0));
  expect(of('head', 1)).not.toEqual(of('head', 0));
});

it('lights up where the class’s channel is active, and only there', () => {
  const values = new Float32Array(2 * 9);
  values[4] = 9;
  values.fill(1, 9);
  const map = {
    ...{ channels: 2, height: 3, width: 3 },
    ...{ values, channelsLast: false, embedding: Float32Array.of(1, 1) },
  };
  const head = { weights: Float32Array.of(1, -1, 0, 1), bias: new Float32Array(2) };
  expect([...heatOf(classMap(map, head, 0))]).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0]);
  const against = heatOf(classMap(map, head, 1));
  expect(against[4]).toBe(0);
  expect(against[0]).toBe(1);
  expect([...heatOf({ values: Float32Array.of(-1, 0, -3) })]).toEqual([0, 0, 0]);
});

it('refuses a head of other dimensions, an unknown class and other pooling', async () => {
  const map = await named('first').featureMap(pixelsFor(named('first')));
  const head = randomHead(map.embedding.length, classes);
  expect(() => classMap(map, randomHead(7, classes), 0)).toThrow('expected [8 × 4]');
  expect(() => classMap(map, head, classes)).toThrow('outside 0 to 3');
  expect(() => classMap(map, head, 0.5)).toThrow('outside 0 to 3');
  const peaks = await named('max').featureMap(pixelsFor(named('max')));
  expect(() => classMap(peaks, head, 0)).toThrow('not the mean of the feature map');
});

const shared = process.env['LABELLOOP_SHARED'] ?? join(__dirname, '..', '..', '..', 'shared');
const realFile = join(shared, 'models', 'mobilenet_v2_1.0_224_imagenet.onnx');
const real = existsSync(realFile) ? it : it.skip;

real('is exact on MobileNetV2 with its real weights (skipped where they are not)', async () => {
  const { found } = await findBackbones([join(shared, 'models')]);
  const backbone = found.find(({ file }) => file === realFile);
  const session = await openBackbone(backbone!, { threads: 1 });
  try {
    const { embeddingSize } = session.backbone;
    const pixels = pixelsFor(session);
    const map = await session.featureMap(pixels);
    expect([map.channels, map.height, map.width]).toEqual([1280, 7, 7]);
    const features = normaliseFeatures(await session.embed(pixels, 1), embeddingSize);
    const head = randomHead(embeddingSize, classes);
    for (let k = 0; k < classes; k++) {
      const { values, logit } = classMap(map, head, k);
      expect(Math.abs(meanOf(values) + head.bias[k]! - logit)).toBeLessThan(1e-4);
      let predicted = head.bias[k]!;
      features.forEach((value, i) => (predicted += value * head.weights[i * classes + k]!));
      expect(Math.abs(logit - predicted)).toBeLessThan(1e-4);
    }
  } finally {
    await session.dispose();
  }
});
