import type { Strategy } from '../state';
import { badge } from './badge';
import { bald } from './bald';
import { defaultStrategy } from './default';
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

/** All acquisition strategies, by the names that benchmarks use. */
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
  composed: defaultStrategy,
} as const satisfies Readonly<Record<string, Strategy>>;
