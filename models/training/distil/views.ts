import sharp, { type Sharp } from 'sharp';
import { pixelLimit } from '../../backbones/decode';
import { preprocess, signedUnit } from '../../backbones/preprocessing';
import { seededRandom, type Random } from '../../numeric/random';

/** One augmented look at a photo, as each net takes it: preprocessed, size × size × 3. */
export type View = Float32Array[];

const between = (random: Random, low: number, high: number) => low + (high - low) * random.next();

/** A part of 25 to 100 % of the area, up to 4:3 out of shape. */
function cropOf(width: number, height: number, random: Random) {
  const area = width * height * between(random, 0.25, 1);
  const aspect = Math.exp(between(random, -0.29, 0.29)) * (width / height);
  const [w, h] = [Math.sqrt(area * aspect), Math.sqrt(area / aspect)].map(Math.round);
  const [cropWidth, cropHeight] = [Math.min(width, w!), Math.min(height, h!)];
  return {
    left: random.below(width - cropWidth + 1),
    top: random.below(height - cropHeight + 1),
    width: cropWidth,
    height: cropHeight,
  };
}

/** Crop, flip, and at times other colours, none, a turn or a blur. */
function augment(image: Sharp, width: number, height: number, random: Random): Sharp {
  let view = image.extract(cropOf(width, height, random));
  if (random.next() < 0.5) view = view.flop();
  if (random.next() < 0.8)
    view = view.modulate({
      brightness: between(random, 0.6, 1.4),
      saturation: between(random, 0.4, 1.6),
      hue: random.next() < 0.3 ? random.below(360) : 0,
    });
  if (random.next() < 0.15) view = view.grayscale();
  if (random.next() < 0.15) view = view.blur(between(random, 0.5, 2));
  return view;
}

/**
 * One look at a photo for nets of several input sizes: the same crop and colours for all.
 *
 * @param seed decides the augmentation; undefined shows the photo as it is served
 */
export async function viewPhoto(
  file: string,
  sizes: readonly number[],
  seed: string | undefined,
): Promise<View> {
  const { data, info } = await sharp(file, { limitInputPixels: pixelLimit })
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const whole = sharp(data, { raw: { width, height, channels } });
  const view = seed === undefined ? whole : augment(whole, width, height, seededRandom(seed));
  const seen = await view.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  const raw = { width: seen.info.width, height: seen.info.height, channels: seen.info.channels };
  return Promise.all(sizes.map((size) => pixelsOf(sharp(seen.data, { raw }), size)));
}

async function pixelsOf(image: Sharp, size: number): Promise<Float32Array> {
  const pixels = await image
    .resize(size, size, { fit: 'fill' })
    .toColourspace('srgb')
    .raw()
    .toBuffer();
  const out = new Float32Array(size * size * 3);
  preprocess(pixels, signedUnit, out, 0);
  return out;
}
