import { packWeights, unpackWeights } from './packedWeights';

const weights = [Float32Array.of(1, -2.5, 3), new Float32Array(0), Float32Array.of(7)];

it('gives back what was packed, wherever the bytes lie in memory', () => {
  const packed = packWeights(weights);
  const shifted = Buffer.concat([Buffer.from('x'), packed]).subarray(1);
  for (const bytes of [packed, shifted])
    expect(unpackWeights(bytes).map((values) => [...values])).toEqual([[1, -2.5, 3], [], [7]]);
  expect(unpackWeights(packWeights([]))).toEqual([]);
});

it('refuses a file that is cut short, at whatever place', () => {
  const packed = packWeights(weights);
  for (let length = 0; length < packed.length; length++)
    expect(() => unpackWeights(packed.subarray(0, length))).toThrow('cut short');
});
