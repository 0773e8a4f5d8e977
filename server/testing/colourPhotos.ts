import sharp from 'sharp';
import { seededRandom } from '../../models/numeric';
import type { UploadSpec } from './factories';

type Hues = Record<string, [number, number, number]>;

const primary: Hues = {
  red: [220, 40, 40],
  green: [40, 200, 60],
  blue: [50, 60, 220],
};

/**
 * Creates noisy photos of one colour each, which even a mean-colour backbone distinguishes:
 * `red/0.jpg`, …
 */
export function colourPhotos(countPerClass: number, hues: Hues = primary): Promise<UploadSpec[]> {
  const files = Object.entries(hues).flatMap(([name, hue]) =>
    Array.from({ length: countPerClass }, async (_, index) => {
      const random = seededRandom(`${name} ${index}`);
      const pixel = () => hue.map((value) => value + Math.floor(random.next() * 70 - 35));
      const pixels = Buffer.from(Array.from({ length: 16 * 16 }, pixel).flat());
      const raw = { width: 16, height: 16, channels: 3 as const };
      return {
        fileName: `${name}/${index}.jpg`,
        bytes: await sharp(Uint8Array.from(pixels), { raw }).jpeg().toBuffer(),
      };
    }),
  );
  return Promise.all(files);
}

export const colourNames = Object.keys(primary);
