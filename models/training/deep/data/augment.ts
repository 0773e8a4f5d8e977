import sharp from 'sharp';
import { seededRandom } from '../../../numeric/random';

/** What training may do to an image; each is off unless it is named. */
export interface Augmentation {
  /** Half of the images mirrored, left to right. */
  horizontalFlip?: boolean | undefined;
  /** Turned by up to so many degrees either way. */
  rotationDegrees?: number | undefined;
  /** Enlarged or shrunk by up to this share: 0.2 is from 0.8 to 1.2. */
  zoom?: number | undefined;
}

/** Whether any of it is wanted. */
export const isOn = ({ horizontalFlip, rotationDegrees = 0, zoom = 0 }: Augmentation): boolean =>
  horizontalFlip === true || rotationDegrees > 0 || zoom > 0;

/** What happens to one image. */
export interface Draw {
  flip: boolean;
  /** Degrees, clockwise. */
  angle: number;
  scale: number;
}

/** What happens to an image in an epoch: the same for the same seed, epoch and index. */
export function drawAugmentation(
  { horizontalFlip = false, rotationDegrees = 0, zoom = 0 }: Augmentation,
  { seed, epoch, index }: { seed: number; epoch: number; index: number },
): Draw {
  const random = seededRandom(`${seed}:augment:${epoch}:${index}`);
  const [flip, angle, scale] = [random.next(), random.next(), random.next()];
  return {
    flip: horizontalFlip && flip < 0.5,
    angle: (2 * angle - 1) * rotationDegrees,
    scale: 1 + (2 * scale - 1) * zoom,
  };
}

/** The middle size × size of a larger picture, mirrored or not. */
function middle(
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
      for (let x = 0, to = y * size * 3, from = row + (size - 1) * 3; x < size; x++, from -= 3) {
        out[to++] = pixels[from]!;
        out[to++] = pixels[from + 1]!;
        out[to++] = pixels[from + 2]!;
      }
  }
  return out;
}

/** How far outside the picture a turned and shrunk square reaches, in pixels of the picture. */
function marginFor(size: number, radians: number, scale: number): number {
  const reach = (Math.abs(Math.cos(radians)) + Math.abs(Math.sin(radians))) / scale;
  return Math.max(0, Math.ceil((size * (reach - 1)) / 2) + 2);
}

/**
 * Turns and scales a picture about its middle on other threads; what comes into view is the
 * picture mirrored at its edges.
 *
 * @param pixels size × size × 3 bytes
 */
export async function augment(pixels: Uint8Array, size: number, draw: Draw): Promise<Uint8Array> {
  const { flip, angle, scale } = draw;
  const raw = { width: size, height: size, channels: 3 } as const;
  if (angle === 0 && scale === 1) return flip ? middle(pixels, raw, size, true) : pixels;
  const radians = (angle * Math.PI) / 180;
  const margin = Math.min(size - 1, marginFor(size, radians, scale));
  const framed = await sharp(pixels, { raw })
    .extend({ top: margin, bottom: margin, left: margin, right: margin, extendWith: 'mirror' })
    .raw()
    .toBuffer();
  const [cosine, sine] = [Math.cos(radians) * scale, Math.sin(radians) * scale];
  const edge = size + 2 * margin;
  const { data, info } = await sharp(framed, { raw: { width: edge, height: edge, channels: 3 } })
    .affine([cosine, -sine, sine, cosine], { interpolator: 'bilinear' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return middle(data, info, size, flip);
}
