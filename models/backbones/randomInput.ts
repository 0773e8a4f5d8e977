import { seededRandom } from '../numeric/random';
import { preprocess, type Preprocessing } from './preprocessing';

/** Creates random preprocessed images: blocks of colour with noise. */
export function randomInput(count: number, size: number, preprocessing: Preprocessing) {
  const random = seededRandom(`images of ${size}`);
  const pixels = new Uint8Array(count * size * size * 3);
  const block = Math.max(1, Math.round(size / 7));
  const colours = Array.from({ length: count * 8 * 8 * 3 }, () => random.next() * 200);
  for (let at = 0; at < pixels.length; at++) {
    const pixel = Math.floor(at / 3);
    const column = Math.min(7, Math.floor((pixel % size) / block));
    const row = Math.floor(pixel / size);
    const patch = (Math.floor(row / size) * 8 + Math.min(7, Math.floor((row % size) / block))) * 8;
    pixels[at] = colours[(patch + column) * 3 + (at % 3)]! + random.next() * 55;
  }
  const out = new Float32Array(pixels.length);
  preprocess(pixels, preprocessing, out, 0);
  return out;
}
