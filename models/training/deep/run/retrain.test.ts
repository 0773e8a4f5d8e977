/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { colourImages } from '../../../testing/colourImages';
import { tinyNet } from '../../../testing/tinyNet';
import { initialWeights, withReplay } from './retrain';
import { trainDeep } from './trainDeep';

const image = (label: number, index: number) => ({ image: `${label}-${index}`, label });
const imagesOf = (label: number, count: number) =>
  Array.from({ length: count }, (_, index) => image(label, index));

describe('replay', () => {
  const newImages = imagesOf(9, 10);
  const oldImages = [...imagesOf(0, 60), ...imagesOf(1, 30)];

  it('adds a stratified sample of the old images to all new ones', () => {
    const images = withReplay(newImages, oldImages, { ratio: 3, seed: 1 });
    expect(images.slice(0, 10)).toEqual(newImages);
    expect(images).toHaveLength(40);
    expect(new Set(images).size).toBe(40);
    const ofFirst = images.filter(({ label }) => label === 0).length;
    expect(Math.abs(ofFirst - 20)).toBeLessThanOrEqual(1);
  });

  it('adds no old images at ratio 0, and all at a large ratio', () => {
    expect(withReplay(newImages, oldImages, { ratio: 0, seed: 1 })).toEqual(newImages);
    expect(withReplay(newImages, oldImages, { ratio: 100, seed: 1 })).toHaveLength(100);
    expect(() => withReplay(newImages, oldImages, { ratio: -1, seed: 1 })).toThrow('not a ratio');
  });

  it('depends on the seed', () => {
    const drawn = (seed: number) => withReplay(newImages, oldImages, { ratio: 1, seed });
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
  });
});

describe('shrink and perturb', () => {
  const descriptions = [
    { name: 'kernel', shape: [100, 10], trainable: true },
    { name: 'bn/gamma', shape: [2], trainable: true },
    { name: 'bn/moving_mean', shape: [2], trainable: false },
  ];
  const weights = [new Float32Array(1000).fill(2), Float32Array.of(3, 0), Float32Array.of(5, 6)];
  const start = (shrink: number, perturb: number) =>
    initialWeights({ weights, shrinkAndPerturb: { shrink, perturb } }, descriptions, 1);

  it('shrinks trainable weights and adds noise in proportion to the layer', () => {
    const [kernel, gamma, moving] = start(0.5, 0.1);
    const mean = kernel!.reduce((sum, value) => sum + value, 0) / 1000;
    const standardDeviation = Math.sqrt(
      kernel!.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 1000,
    );
    expect(mean).toBeCloseTo(1, 1);
    expect(standardDeviation).toBeCloseTo(0.2, 1);
    expect(Array.from(gamma!)).toEqual([2, 0.5]);
    expect(moving).toEqual(weights[2]);
  });

  it('changes nothing if it is off or shrinks by factor 1', () => {
    expect(initialWeights({ weights }, descriptions, 1)).toEqual(weights);
    expect(start(1, 0)).toEqual(weights);
    expect(() => start(2, 0)).toThrow('Shrink and perturb');
  });
});

test('a warm start begins where the last training ended', async () => {
  const [oldImages, newImages] = [
    await colourImages(32, 4),
    await colourImages(8, 4, { seed: 'new' }),
  ];
  const common = { net: tinyNet(), classes: 4, engine: { backend: 'wasm', threads: 1 } as const };
  const options = { epochs: 6, batchSize: 8, learningRate: 0.05 };
  const first = await trainDeep({ ...common, images: { train: oldImages }, options });
  first.dispose();
  const images = { train: withReplay(newImages, oldImages, { ratio: 1, seed: 1 }) };
  const once = { ...options, epochs: 1, learningRate: 0.005 };
  const warmStarted = await trainDeep({ ...common, images, options: once, start: first });
  const fromScratch = await trainDeep({ ...common, images, options: once });
  expect(warmStarted.history[0]!.loss).toBeLessThan(0.5 * fromScratch.history[0]!.loss);
  for (const trained of [warmStarted, fromScratch]) trained.dispose();
});
