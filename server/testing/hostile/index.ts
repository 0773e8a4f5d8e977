import { animationFamilies } from './animations';
import type { FileFamily } from './family';
import { foreignFamilies } from './foreignFiles';
import { jpegFamilies } from './jpegFiles';
import { pngFamilies } from './pngFiles';
import { zipFamilies } from './zipFiles';
import { zipNameFamilies, zipOfImages } from './zipNames';

/** Hostile files by family, for tests and for `npm run bench -- hostile`. */
export const imageFamilies: readonly FileFamily[] = [
  ...pngFamilies,
  ...jpegFamilies,
  ...animationFamilies,
  ...foreignFamilies,
];

export const archiveFamilies: readonly FileFamily[] = [
  ...zipFamilies,
  ...zipNameFamilies,
  zipOfImages(imageFamilies),
];

export const fileFamilies: readonly FileFamily[] = [...imageFamilies, ...archiveFamilies];

export { between, pick, upTo, type Family, type FileFamily, type HostileFile } from './family';
export { rawZip, type RawEnd, type RawEntry } from './rawZip';
