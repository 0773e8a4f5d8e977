import { isPreprocessing, preprocess, preprocessings } from './preprocessing';

const pixels = Uint8Array.of(255, 0, 128, 0, 255, 64);

function run(name: keyof typeof preprocessings): number[] {
  const out = new Float32Array(8).fill(7);
  preprocess(pixels, preprocessings[name], out, 1);
  expect([out[0], out[7]]).toEqual([7, 7]);
  return Array.from(out.subarray(1, 7), (value) => Number(value.toFixed(3)));
}

test('bytes become what each network was trained on', () => {
  expect(run('signedUnit')).toEqual([1, -1, 0.004, -1, 1, -0.498]);
  expect(run('unit')).toEqual([1, 0, 0.502, 0, 1, 0.251]);
  // Blue, green, red.
  expect(run('caffe')).toEqual([24.061, -116.779, 131.32, -39.939, 138.221, -123.68]);
  // (x / 255 - mean) / standard deviation
  expect(run('torch')).toEqual([2.249, -2.036, 0.426, -2.118, 2.429, -0.689]);
});

test('only known names are names', () => {
  expect(isPreprocessing('caffe')).toBe(true);
  expect(isPreprocessing('constructor')).toBe(false);
});
