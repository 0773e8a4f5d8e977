// A local copy is faster: initialising a net draws tens of millions of numbers.
const { imul } = Math;

/** A repeatable source of random numbers. */
export interface Random {
  /** Draws uniformly from [0, 1). */
  next(): number;
  /** Draws a uniform whole number from 0 to limit - 1. */
  below(limit: number): number;
  /** Draws from the standard normal distribution (Box & Muller 1958). */
  normal(): number;
}

/** Hashes the UTF-16 units of a text: 32-bit FNV-1a, then the finaliser of MurmurHash3. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Creates a generator seeded by a number or a text (a 32-bit Weyl sequence, mixed by two
 * multiplications).
 */
export function seededRandom(seed: number | string): Random {
  let state = hashText(String(seed));
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    below: (limit) => Math.floor(next() * limit),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}

/** Shuffles an array in place (Fisher & Yates) and returns the same array. */
export function shuffle<T extends number[] | Int32Array>(items: T, random: Random): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
