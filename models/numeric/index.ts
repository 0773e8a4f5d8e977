/** The public exports of `models/numeric`. Code outside `models/` imports only this file. */
export { normaliseFeatures } from './features';
export { fromHalf, toHalf } from './float16';
export { hashText, seededRandom, shuffle, type Random } from './random';
