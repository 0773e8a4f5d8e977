// Bound once: nets begin with tens of millions of numbers, and looking a global up is not free.
const { imul } = Math;

/** A source of repeatable random numbers. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform whole number from 0 to limit - 1. */
  below(limit: number): number;
  /** Standard normal (Box & Muller 1958). */
  normal(): number;
}

/** 32-bit FNV-1a hash of a text's UTF-16 units, with a final avalanche (MurmurHash3's finaliser). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A generator seeded by a number or text (a 32-bit Weyl sequence, mixed by two multiplications). */
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

/** Shuffles in place (Fisher & Yates) and returns the same array. */
export function shuffle<T extends number[] | Int32Array>(items: T, random: Random): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
