import { fromHalf, toHalf } from './float16';

describe('half floats', () => {
  it('keeps every one of the 65,536 values through a round trip', () => {
    const everyHalf = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const restored = toHalf(fromHalf(everyHalf));
    const isNaNHalf = (half: number) => (half & 0x7fff) > 0x7c00;
    expect(
      everyHalf.every((half, i) =>
        isNaNHalf(half) ? isNaNHalf(restored[i]!) : restored[i] === half,
      ),
    ).toBe(true);
  });

  it('rounds to nearest, ties to even, and overflows to infinity', () => {
    const values = Float32Array.of(
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
      1 + 2 ** -10 * 0.51,
      65519,
      65520,
    );
    expect(Array.from(fromHalf(toHalf(values)))).toEqual([
      1,
      1 + 2 ** -9,
      1 + 2 ** -10,
      65504,
      Infinity,
    ]);
  });

  it('rounds subnormal values to even too, and smaller ones to signed zero', () => {
    const values = Float32Array.of(1.5 * 2 ** -24, 0.5 * 2 ** -24, 0.51 * 2 ** -24, -(2 ** -30));
    expect(Array.from(fromHalf(toHalf(values)))).toEqual([2 ** -23, 0, 2 ** -24, -0]);
  });

  it('refuses an output of another length', () => {
    expect(() => fromHalf(new Uint16Array(2), new Float32Array(3))).toThrow('[2], got [3]');
  });
});
