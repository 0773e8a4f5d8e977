/** The public exports of `models/acquisition`. Code outside `models/` imports only this file. */
export { Pool } from './pool';
export { orderQueue } from './queue';
export { takeRows } from './sketch';
export type { AcquisitionState, Strategy } from './state';
export { strategies } from './strategies/index';
