/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { colourImages } from '../../../testing/colourImages';
import { tinyNet } from '../../../testing/tinyNet';
import { startFrom, withReplay } from './retrain';
import { trainDeep } from './trainDeep';

const image = (label: number, at: number) => ({ image: `${label}-${at}`, label });
const many = (label: number, count: number) =>
  Array.from({ length: count }, (_, at) => image(label, at));

describe('replay', () => {
  const fresh = many(9, 10);
  const old = [...many(0, 60), ...many(1, 30)];

  it('takes a stratified share of the old images besides all new ones', () => {
    const images = withReplay(fresh, old, { ratio: 3, seed: 1 });
    expect(images.slice(0, 10)).toEqual(fresh);
    expect(images).toHaveLength(40);
    expect(new Set(images).size).toBe(40);
    const ofFirst = images.filter(({ label }) => label === 0).length;
    expect(Math.abs(ofFirst - 20)).toBeLessThanOrEqual(1);
  });

  it('takes none, or all there are, at either end', () => {
    expect(withReplay(fresh, old, { ratio: 0, seed: 1 })).toEqual(fresh);
    expect(withReplay(fresh, old, { ratio: 100, seed: 1 })).toHaveLength(100);
    expect(() => withReplay(fresh, old, { ratio: -1, seed: 1 })).toThrow('no ratio');
  });

  it('draws the same from the same seed, and others from another', () => {
    const drawn = (seed: number) => withReplay(fresh, old, { ratio: 1, seed });
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
  });
});

describe('shrink and perturb', () => {
  const kinds = [
    { name: 'kernel', shape: [100, 10], trainable: true },
    { name: 'bn/gamma', shape: [2], trainable: true },
    { name: 'bn/moving_mean', shape: [2], trainable: false },
  ];
  const weights = [new Float32Array(1000).fill(2), Float32Array.of(3, 0), Float32Array.of(5, 6)];
  const start = (shrink: number, perturb: number) =>
    startFrom({ weights, shrinkAndPerturb: { shrink, perturb } }, kinds, 1);

  it('shrinks what is trained and adds noise of the size of the layer', () => {
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

  it('leaves everything as it is when it is off, or shrinks by nothing', () => {
    expect(startFrom({ weights }, kinds, 1)).toEqual(weights);
    expect(start(1, 0)).toEqual(weights);
    expect(() => start(2, 0)).toThrow('Shrink and perturb');
  });
});

test('a retraining begins where the last one ended', async () => {
  const [old, fresh] = [await colourImages(32, 4), await colourImages(8, 4, { seed: 'new' })];
  const common = { net: tinyNet(), classes: 4, engine: { backend: 'wasm', threads: 1 } as const };
  const options = { epochs: 6, batchSize: 8, learningRate: 0.05 };
  const first = await trainDeep({ ...common, images: { train: old }, options });
  first.dispose();
  const images = { train: withReplay(fresh, old, { ratio: 1, seed: 1 }) };
  const once = { ...options, epochs: 1, learningRate: 0.005 };
  const again = await trainDeep({ ...common, images, options: once, start: first });
  const anew = await trainDeep({ ...common, images, options: once });
  expect(again.history[0]!.loss).toBeLessThan(0.5 * anew.history[0]!.loss);
  for (const trained of [again, anew]) trained.dispose();
});
