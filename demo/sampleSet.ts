import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { seededRandom, type Random } from '../models/numeric';

const side = 160;
const imagesPerClass = 60;

/**
 * Returns how much of the foreground shows at a place, 0 to 1. u and v are about -1 to 1, rotated
 * and shifted.
 */
type Shape = (u: number, v: number, size: number) => number;

const fraction = (value: number) => value - Math.floor(value);
const shapes: Record<string, Shape> = {
  stripes: (u, _v, size) => (fraction(u * 3 * size) < 0.5 ? 1 : 0),
  checks: (u, v, size) => Math.abs(Math.floor(u * 3 * size) + Math.floor(v * 3 * size)) % 2,
  dots: (u, v, size) =>
    Math.hypot(fraction(u * 3 * size) - 0.5, fraction(v * 3 * size) - 0.5) < 0.3 ? 1 : 0,
  circles: (u, v, size) => (fraction(Math.hypot(u, v) * 3 * size) < 0.5 ? 1 : 0),
  gradient: (u, _v, size) => Math.min(1, Math.max(0, u * 0.5 * size + 0.5)),
  stars: (u, v, size) => {
    const angle = (((Math.atan2(v, u) / (2 * Math.PI)) * 5) % 1) + 1;
    const spike = 0.25 + 0.75 * Math.abs((angle % 1) - 0.5) * 2;
    return Math.hypot(u, v) < (0.85 / size) * spike ? 1 : 0;
  },
};

/**
 * Draws a folder of class folders: six classes that differ in shape, while colour, size, rotation,
 * place and noise vary.
 */
export async function drawSampleSet(folder: string, seed: number): Promise<void> {
  for (const [name, shape] of Object.entries(shapes)) {
    await mkdir(join(folder, name), { recursive: true });
    const random = seededRandom(`${seed}:${name}`);
    for (let index = 0; index < imagesPerClass; index++)
      await sharp(draw(shape, random), { raw: { width: side, height: side, channels: 3 } })
        .jpeg({ quality: 90 })
        .toFile(join(folder, name, `${String(index).padStart(3, '0')}.jpg`));
  }
}

function draw(shape: Shape, random: Random): Buffer {
  const [ground, figure] = colours(random);
  const angle = random.next() * 2 * Math.PI;
  const size = 0.8 + random.next() * 0.8;
  const [left, top] = [random.next() * 0.6 - 0.3, random.next() * 0.6 - 0.3];
  const noise = 4 + random.next() * 14;
  const pixels = Buffer.alloc(side * side * 3);
  for (let place = 0; place < side * side; place++) {
    const x = ((place % side) / side) * 2 - 1 - left;
    const y = (Math.floor(place / side) / side) * 2 - 1 - top;
    const u = x * Math.cos(angle) - y * Math.sin(angle);
    const v = x * Math.sin(angle) + y * Math.cos(angle);
    const share = shape(u, v, size);
    const grain = random.normal() * noise;
    for (let channel = 0; channel < 3; channel++) {
      const value = ground[channel]! * (1 - share) + figure[channel]! * share + grain;
      pixels[place * 3 + channel] = Math.min(255, Math.max(0, value));
    }
  }
  return pixels;
}

/** Returns two colours that people can distinguish. */
function colours(random: Random): [number[], number[]] {
  const colour = () => [random.below(256), random.below(256), random.below(256)];
  for (;;) {
    const [a, b] = [colour(), colour()];
    if (a.reduce((sum, value, channel) => sum + Math.abs(value - b[channel]!), 0) > 240)
      return [a, b];
  }
}
