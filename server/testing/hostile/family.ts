import type { Random } from '../../../models/numeric';

/** A file of an attacker, or of a broken program. */
export interface HostileFile {
  fileName: string;
  bytes: Buffer;
  kind: 'IMAGE' | 'ARCHIVE';
  /** The size that the upload announces. Default: the true one. */
  announced?: number;
}

/** One way to build hostile payloads. Each state of the random source gives another payload. */
export interface Family<Payload> {
  name: string;
  make: (random: Random) => Payload | Promise<Payload>;
  /** Maximum number in one run, for payloads that are large. Default: no maximum. */
  maxCount?: number;
}

export type FileFamily = Family<HostileFile>;

/** Draws one of these items. */
export const pick = <T>(random: Random, items: readonly T[]): T =>
  items[random.below(items.length)]!;

/** Draws a whole number from `low` to `high`. */
export const between = (random: Random, low: number, high: number): number =>
  low + random.below(high - low + 1);

/** Draws a whole number from 1 to `max`. Every order of magnitude is equally likely. */
export const upTo = (random: Random, max: number): number => Math.ceil(max ** random.next());
