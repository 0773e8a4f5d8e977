import type { Strategy } from '../state';
import { badge } from './badge';
import { bald } from './bald';
import { composed } from './default';
import { dropQuery } from './dropQuery';
import { kCenter } from './kCenter';
import { random } from './random';
import { typiclust } from './typiclust';
import {
  balancedMargin,
  densityMargin,
  entropy,
  leastConfidence,
  margin,
  powerMargin,
} from './uncertainty';

/** Every way to choose what to ask about next, by the name a benchmark calls it. */
export const strategies = {
  random,
  leastConfidence,
  margin,
  entropy,
  bald,
  kCenter,
  badge,
  typiclust,
  dropQuery,
  densityMargin,
  balancedMargin,
  powerMargin,
  composed,
} as const satisfies Readonly<Record<string, Strategy>>;
