import { openRows, type Strategy } from '../state';

/** Chooses the next rows of the fixed random order. It is the baseline for all other strategies. */
export const random: Strategy = (state, count) =>
  Promise.resolve(openRows(state).slice(0, Math.max(0, count)));
