import sharp from 'sharp';
import { seededRandom } from '../numeric/random';

/**
 * Creates images that a small network learns to distinguish in seconds: noise with one bright patch
 * per class.
 */
export async function colourImages(
  count: number,
  classes: number,
  { size = 16, seed = 'images' }: { size?: number; seed?: string } = {},
): Promise<{ image: Buffer; label: number }[]> {
  const random = seededRandom(seed);
  const images = Array.from({ length: count }, async (_, at) => {
    const label = at % classes;
    const pixels = Buffer.alloc(size * size * 3);
    for (let i = 0; i < pixels.length; i++) pixels[i] = random.below(120);
    const [top, left] = [Math.floor(label / 2) % 2, label % 2].map((half) => (half * size) / 2);
    for (let y = 0; y < size / 2; y++)
      for (let x = 0; x < size / 2; x++)
        pixels[((top! + y) * size + left! + x) * 3 + (label % 3)]! += 100;
    const raw = { width: size, height: size, channels: 3 } as const;
    return { image: await sharp(pixels, { raw }).png().toBuffer(), label };
  });
  return Promise.all(images);
}
