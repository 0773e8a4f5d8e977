/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { memory } from '@tensorflow/tfjs-core';
import { openTfjs } from '../../../engine/tfjs';
import { colourImages } from '../../../testing/colourImages';
import { tinyNet } from '../../../testing/tinyNet';
import { memoryCheckpoints } from './checkpoint';
import type { LabelledImage } from '../data/dataLoader';
import type { DeepProgress } from './progress';
import { trainDeep } from './trainDeep';
import type { TrainDeepInput } from './trainingInput';

const classes = 4;
const engine = { backend: 'wasm', threads: 1 } as const;
let train: LabelledImage[];
let validation: LabelledImage[];

beforeAll(async () => {
  await openTfjs(engine);
  train = await colourImages(64, classes);
  validation = await colourImages(24, classes, { seed: 'others' });
});

const run = (overrides: Partial<TrainDeepInput> = {}) =>
  trainDeep({
    net: tinyNet(),
    images: { train, validation },
    classes,
    engine,
    ...overrides,
    options: { epochs: 6, batchSize: 16, learningRate: 0.05, ...overrides.options },
  });

describe('training a deep net', () => {
  it('learns, evaluates each part of the images and frees its tensors', async () => {
    const before = memory().numTensors;
    const trained = await run({
      images: { train, validation, test: validation },
      options: { epochs: 12 },
    });
    expect(trained.history).toHaveLength(12);
    expect(trained.history.at(-1)!.loss).toBeLessThan(0.5 * trained.history[0]!.loss);
    const { train: trainMetrics, validation: validationMetrics, test } = trained.metrics;
    expect([trainMetrics?.images, validationMetrics?.images, test?.images]).toEqual([64, 24, 24]);
    expect(validationMetrics!.accuracy).toBeGreaterThan(0.9);
    expect(test).toEqual(validationMetrics);
    expect(trained.engine.name).toBe('wasm');
    trained.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('cannot learn labels that are unrelated to the images', async () => {
    const shuffled = train.map(({ image }, index) => ({ image, label: (index >> 3) % classes }));
    const trained = await run({ images: { train: shuffled, validation } });
    expect(trained.metrics.validation!.accuracy).toBeLessThan(0.6);
    trained.dispose();
  });

  it('gives the same net for the same seed, and another net for another seed', async () => {
    const weights = async (seed: number) => {
      const trained = await run({
        options: { epochs: 2, seed, augmentation: { horizontalFlip: true, rotationDegrees: 20 } },
      });
      trained.dispose();
      return trained.weights;
    };
    const first = await weights(1);
    expect(await weights(1)).toEqual(first);
    expect(await weights(2)).not.toEqual(first);
  });

  it('reports its progress after every batch', async () => {
    const reported: DeepProgress[] = [];
    (
      await run({ options: { epochs: 2 }, onProgress: (progress) => reported.push(progress) })
    ).dispose();
    const phases = reported.map(({ phase, epoch, batch }) => `${phase} ${epoch}.${batch}`);
    const epoch = (n: number) => [
      ...[1, 2, 3, 4].map((batch) => `train ${n}.${batch}`),
      ...[1, 2].map((batch) => `validate ${n}.${batch}`),
    ];
    const last = [1, 2, 3, 4, 1, 2].map((batch) => `evaluate 2.${batch}`);
    expect(phases).toEqual([...epoch(1), ...epoch(2), ...last]);
    for (const { loss, accuracy, imagesPerSecond, secondsLeft } of reported) {
      expect(loss).toBeGreaterThan(0);
      expect(accuracy).toBeLessThanOrEqual(1);
      expect(imagesPerSecond).toBeGreaterThan(0);
      expect(secondsLeft).toBeGreaterThanOrEqual(0);
    }
    expect(reported.at(-1)!.secondsLeft).toBe(0);
  });

  it('stops within one batch of its signal and frees its tensors', async () => {
    const before = memory().numTensors;
    const controller = new AbortController();
    let batches = 0;
    const cancelled = run({
      signal: controller.signal,
      onProgress: () => {
        if (++batches === 3) controller.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expect(batches).toBe(3);
    expect(memory().numTensors).toBe(before);
  });

  it('finishes at once with the best epoch of its checkpoint, and not without an epoch', async () => {
    const checkpoint = memoryCheckpoints();
    const options = { earlyStopping: { patience: 5 } };
    const paused = await run({ options, checkpoint, untilEpoch: 3 });
    const finished = await run({ options, checkpoint, finishNow: true });
    expect(finished.history).toEqual(paused.history);
    const losses = finished.history.map(({ validationLoss }) => validationLoss);
    expect(finished.epoch).toBe(losses.indexOf(Math.min(...(losses as number[]))) + 1);
    expect(finished.metrics.validation?.loss).toBeCloseTo(losses[finished.epoch - 1]!, 4);
    for (const trained of [paused, finished]) trained.dispose();
    await expect(run({ options, finishNow: true })).rejects.toThrow('No epoch was completed');
  });

  it('resumes from a checkpoint and gets the same weights as an uninterrupted training', async () => {
    const uninterrupted = await run({
      options: { optimizer: { kind: 'adam' }, learningRate: 0.01 },
    });
    const checkpoint = memoryCheckpoints();
    const options = { optimizer: { kind: 'adam' }, learningRate: 0.01 } as const;
    for (const untilEpoch of [1, 4]) (await run({ options, checkpoint, untilEpoch })).dispose();
    const resumed = await run({ options, checkpoint });
    expect(resumed.weights).toEqual(uninterrupted.weights);
    expect(resumed.history.map(({ loss }) => loss)).toEqual(
      uninterrupted.history.map(({ loss }) => loss),
    );
    for (const trained of [uninterrupted, resumed]) trained.dispose();
  });

  it('refuses a checkpoint of another training', async () => {
    const checkpoint = memoryCheckpoints();
    (await run({ checkpoint, untilEpoch: 1 })).dispose();
    const validationMetrics = run({ checkpoint, options: { learningRate: 0.01 } });
    await expect(validationMetrics).rejects.toThrow('The checkpoint is that of another net');
  });

  it('stops early and returns the best epoch', async () => {
    const options = {
      epochs: 30,
      learningRate: 0.2,
      earlyStopping: { patience: 2 },
    };
    const trained = await run({ options });
    const losses = trained.history.map(({ validationLoss }) => validationLoss!);
    expect(trained.history.length).toBeLessThan(30);
    expect(trained.epoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
    expect(trained.history.length - trained.epoch).toBe(2);
    expect(trained.metrics.validation!.loss).toBeCloseTo(Math.min(...losses), 5);
    trained.dispose();
  });

  it('refuses invalid images and options, and names them', async () => {
    const image = { image: Buffer.from('no image'), label: 0 };
    const cases: [Partial<TrainDeepInput>, string][] = [
      [{ images: { train: [...train, { ...image, label: 9 }] } }, 'label 9 is outside 0 to 3'],
      [{ images: { train: train.slice(0, 1) } }, 'Training needs 2 images or more, got 1'],
      [{ images: { train: [image, image] } }, 'cannot be decoded'],
      [{ classes: 1 }, '2 classes or more'],
      [{ options: { batchSize: 0 } }, 'batchSize: 0 is not a whole number'],
      [{ options: { classWeights: [1, 2] } }, 'classWeights: expected 4 values, got 2'],
      [{ start: { weights: [] } }, 'Weights: expected 10 tensors, got 0'],
    ];
    for (const [input, message] of cases) await expect(run(input)).rejects.toThrow(message);
  });

  it('stops if the loss is not finite, and reports why', async () => {
    const trained = await run({ untilEpoch: 1, measure: [] });
    trained.dispose();
    const start = { weights: trained.weights.map((values) => values.map(() => 1e38)) };
    await expect(run({ start })).rejects.toThrow('the learning rate is too high');
  });
});
