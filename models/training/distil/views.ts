import sharp, { type Sharp } from 'sharp';
import { pixelLimit } from '../../backbones/decode';
import { preprocess, signedUnit } from '../../backbones/preprocessing';
import { seededRandom, type Random } from '../../numeric/random';

/** One view of a photo, preprocessed for each net: size × size × 3. */
export type View = Float32Array[];

const uniform = (random: Random, low: number, high: number) => low + (high - low) * random.next();

/** Draws a crop of 25 to 100 % of the area, with its aspect ratio changed by up to 4:3. */
function drawCrop(width: number, height: number, random: Random) {
  const area = width * height * uniform(random, 0.25, 1);
  const aspect = Math.exp(uniform(random, -0.29, 0.29)) * (width / height);
  const [w, h] = [Math.sqrt(area * aspect), Math.sqrt(area / aspect)].map(Math.round);
  const [cropWidth, cropHeight] = [Math.min(width, w!), Math.min(height, h!)];
  return {
    left: random.below(width - cropWidth + 1),
    top: random.below(height - cropHeight + 1),
    width: cropWidth,
    height: cropHeight,
  };
}

/** Crops and flips a photo, and sometimes changes its colours, makes it grey or blurs it. */
function augment(image: Sharp, width: number, height: number, random: Random): Sharp {
  let view = image.extract(drawCrop(width, height, random));
  if (random.next() < 0.5) view = view.flop();
  if (random.next() < 0.8)
    view = view.modulate({
      brightness: uniform(random, 0.6, 1.4),
      saturation: uniform(random, 0.4, 1.6),
      hue: random.next() < 0.3 ? random.below(360) : 0,
    });
  if (random.next() < 0.15) view = view.grayscale();
  if (random.next() < 0.15) view = view.blur(uniform(random, 0.5, 2));
  return view;
}

/**
 * Renders one view of a photo for nets of several input sizes, with the same crop and colours.
 *
 * @param seed decides the augmentation; undefined gives the photo without augmentation
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
  const original = sharp(data, { raw: { width, height, channels } });
  const view = seed === undefined ? original : augment(original, width, height, seededRandom(seed));
  const rendered = await view.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  const raw = {
    width: rendered.info.width,
    height: rendered.info.height,
    channels: rendered.info.channels,
  };
  return Promise.all(sizes.map((size) => pixelsOf(sharp(rendered.data, { raw }), size)));
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
