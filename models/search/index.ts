/** The public exports of `models/search`. Code outside `models/` imports only this file. */
export { createComparer } from './cosine';
export { meanDirection } from './directions';
export { nearestRows } from './nearest';
