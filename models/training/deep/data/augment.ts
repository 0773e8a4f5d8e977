import sharp from 'sharp';
import { seededRandom } from '../../../numeric/random';

/** Random changes of training images. Each is off by default. */
export interface Augmentation {
  /** Mirrors half of the images, left to right. */
  horizontalFlip?: boolean | undefined;
  /** Maximum rotation in degrees, in both directions. */
  rotationDegrees?: number | undefined;
  /** Maximum change of scale: 0.2 scales by 0.8 to 1.2. */
  zoom?: number | undefined;
}

/** Checks whether any augmentation is on. */
export const hasAugmentation = ({
  horizontalFlip,
  rotationDegrees = 0,
  zoom = 0,
}: Augmentation): boolean => horizontalFlip === true || rotationDegrees > 0 || zoom > 0;

/** The augmentation of one image. */
export interface AugmentationDraw {
  flip: boolean;
  /** Degrees, clockwise. */
  angle: number;
  scale: number;
}

/** Draws the augmentation of an image in an epoch. It depends only on seed, epoch and index. */
export function drawAugmentation(
  { horizontalFlip = false, rotationDegrees = 0, zoom = 0 }: Augmentation,
  { seed, epoch, index }: { seed: number; epoch: number; index: number },
): AugmentationDraw {
  const random = seededRandom(`${seed}:augment:${epoch}:${index}`);
  const [flip, angle, scale] = [random.next(), random.next(), random.next()];
  return {
    flip: horizontalFlip && flip < 0.5,
    angle: (2 * angle - 1) * rotationDegrees,
    scale: 1 + (2 * scale - 1) * zoom,
  };
}

/** Copies the central size × size square of a larger image, and mirrors it if `flip` is true. */
function cropCentre(
  pixels: Uint8Array,
  { width, height }: { width: number; height: number },
  size: number,
  flip: boolean,
): Uint8Array {
  const out = new Uint8Array(size * size * 3);
  const [top, left] = [Math.floor((height - size) / 2), Math.floor((width - size) / 2)];
  for (let y = 0; y < size; y++) {
    const row = ((top + y) * width + left) * 3;
    if (!flip) out.set(pixels.subarray(row, row + size * 3), y * size * 3);
    else
      for (
        let x = 0, target = y * size * 3, source = row + (size - 1) * 3;
        x < size;
        x++, source -= 3
      ) {
        out[target++] = pixels[source]!;
        out[target++] = pixels[source + 1]!;
        out[target++] = pixels[source + 2]!;
      }
  }
  return out;
}

/** Computes how many pixels a rotated and scaled square extends beyond the image. */
function marginFor(size: number, radians: number, scale: number): number {
  const extent = (Math.abs(Math.cos(radians)) + Math.abs(Math.sin(radians))) / scale;
  return Math.max(0, Math.ceil((size * (extent - 1)) / 2) + 2);
}

/**
 * Rotates, scales and flips an image about its centre, on other threads. Pixels outside the image
 * are mirrored at its edges.
 *
 * @param pixels size × size × 3 bytes
 * @returns size × size × 3 bytes
 */
export async function augment(
  pixels: Uint8Array,
  size: number,
  draw: AugmentationDraw,
): Promise<Uint8Array> {
  const { flip, angle, scale } = draw;
  const raw = { width: size, height: size, channels: 3 } as const;
  if (angle === 0 && scale === 1) return flip ? cropCentre(pixels, raw, size, true) : pixels;
  const radians = (angle * Math.PI) / 180;
  const margin = Math.min(size - 1, marginFor(size, radians, scale));
  const padded = await sharp(pixels, { raw })
    .extend({ top: margin, bottom: margin, left: margin, right: margin, extendWith: 'mirror' })
    .raw()
    .toBuffer();
  const [cosine, sine] = [Math.cos(radians) * scale, Math.sin(radians) * scale];
  const edge = size + 2 * margin;
  const { data, info } = await sharp(padded, { raw: { width: edge, height: edge, channels: 3 } })
    .affine([cosine, -sine, sine, cosine], { interpolator: 'bilinear' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return cropCentre(data, info, size, flip);
}
