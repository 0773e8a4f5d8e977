/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { augment, drawAugmentation, hasAugmentation } from './augment';

const size = 24;
/** An image that is bright on the left and dark on the right, with a red square in the middle. */
const pixels = new Uint8Array(size * size * 3);
for (let y = 0; y < size; y++)
  for (let x = 0; x < size; x++) {
    const middle = Math.abs(x - 11.5) < 3 && Math.abs(y - 11.5) < 3;
    const value = x < size / 2 ? 200 : 50;
    pixels.set(middle ? [250, 0, 0] : [value, value, value], (y * size + x) * 3);
  }
const pixel = (image: Uint8Array, x: number, y: number) =>
  Array.from(image.subarray((y * size + x) * 3, (y * size + x) * 3 + 3));
const countRed = (image: Uint8Array) => {
  let count = 0;
  for (let index = 0; index < image.length; index += 3)
    if (image[index]! > 200 && image[index + 1]! < 60) count++;
  return count;
};

describe('augmentation', () => {
  const augmentation = { horizontalFlip: true, rotationDegrees: 20, zoom: 0.2 };
  const draws = Array.from({ length: 200 }, (_, index) =>
    drawAugmentation(augmentation, { seed: 1, epoch: 1, index }),
  );

  it('draws within its limits, and flips half of the images', () => {
    for (const { angle, scale } of draws) {
      expect(Math.abs(angle)).toBeLessThanOrEqual(20);
      expect(Math.abs(scale - 1)).toBeLessThanOrEqual(0.2);
    }
    const flips = draws.filter(({ flip }) => flip).length;
    expect(Math.abs(flips - 100)).toBeLessThan(30);
    expect(Math.max(...draws.map(({ angle }) => angle))).toBeGreaterThan(15);
    expect(Math.min(...draws.map(({ scale }) => scale))).toBeLessThan(0.85);
  });

  it('depends on the seed, the epoch and the index, and changes nothing if it is off', () => {
    const draw = (epoch: number) => drawAugmentation(augmentation, { seed: 1, epoch, index: 7 });
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    const off = drawAugmentation({}, { seed: 1, epoch: 1, index: 7 });
    expect([off.flip, Math.abs(off.angle), off.scale]).toEqual([false, 0, 1]);
    expect([
      hasAugmentation({}),
      hasAugmentation({ zoom: 0.1 }),
      hasAugmentation({ horizontalFlip: false }),
    ]).toEqual([false, true, false]);
  });

  it('mirrors left and right', async () => {
    const flipped = await augment(pixels, size, { flip: true, angle: 0, scale: 1 });
    expect(pixel(flipped, 0, 0)).toEqual([50, 50, 50]);
    expect(pixel(flipped, size - 1, 0)).toEqual([200, 200, 200]);
    expect(await augment(pixels, size, { flip: false, angle: 0, scale: 1 })).toBe(pixels);
  });

  it('rotates about the centre and fills the corners', async () => {
    const turned = await augment(pixels, size, { flip: false, angle: 90, scale: 1 });
    expect(turned).toHaveLength(size * size * 3);
    expect(pixel(turned, 12, 1)).toEqual([200, 200, 200]);
    expect(pixel(turned, 12, size - 2)).toEqual([50, 50, 50]);
    const slightly = await augment(pixels, size, { flip: false, angle: 15, scale: 1 });
    for (const [x, y] of [
      [0, 0],
      [size - 1, size - 1],
    ] as const)
      expect(pixel(slightly, x, y)[0]).toBeGreaterThan(40);
  });

  it('enlarges and shrinks about the centre', async () => {
    const [enlarged, shrunk] = await Promise.all(
      [1.5, 0.7].map((scale) => augment(pixels, size, { flip: false, angle: 0, scale })),
    );
    expect(countRed(enlarged!)).toBeGreaterThan(1.6 * countRed(pixels));
    expect(countRed(shrunk!)).toBeLessThan(0.7 * countRed(pixels));
    expect(pixel(enlarged!, 12, 12)[0]).toBeGreaterThan(200);
  });
});
