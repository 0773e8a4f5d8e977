/** The file holds something that is not needed for its pixels, or that this reader does not know. */
export class UnprovenError extends Error {}

export function unproven(): never {
  throw new UnprovenError('not proven to be pixels');
}

const lookBits = 9;

/** A Huffman table, as in ITU-T T.81, annex C and F.2.2.3. */
export class HuffmanTable {
  /** For each value of the next bits: length × 256 + symbol, or 0 if the code is longer. */
  readonly short = new Uint16Array(1 << lookBits);
  /** Largest code of each length, or -1. */
  readonly largest = new Int32Array(18).fill(-1);
  /** Index of a code's symbol, less the code. */
  readonly offset = new Int32Array(17);

  constructor(
    counts: Buffer,
    readonly symbols: Buffer,
  ) {
    let code = 0;
    let index = 0;
    for (let length = 1; length <= 16; length++) {
      const count = counts[length - 1] ?? 0;
      this.offset[length] = index - code;
      for (let end = code + count; code < end; code++, index++) this.shorten(code, length, index);
      if (count > 0) this.largest[length] = code - 1;
      // More codes than bits can tell apart.
      if (code > 1 << length) unproven();
      code <<= 1;
    }
  }

  private shorten(code: number, length: number, index: number): void {
    if (length > lookBits) return;
    const first = code << (lookBits - length);
    const entry = (length << 8) | (this.symbols[index] ?? 0);
    this.short.fill(entry, first, first + (1 << (lookBits - length)));
  }
}

/** Reads the bits of a scan up to the next marker. Behind it come zeros, which are counted. */
export class ScanBits {
  private buffer = 0;
  private count = 0;
  private made = 0;

  constructor(
    private readonly bytes: Buffer,
    public at: number,
  ) {}

  /** @param length at most 16 */
  read(length: number): number {
    if (length === 0) return 0;
    if (this.count < length) this.fill();
    this.count -= length;
    return (this.buffer >>> this.count) & ((1 << length) - 1);
  }

  symbol(table: HuffmanTable): number {
    if (this.count < 16) this.fill();
    const look = (this.buffer >>> (this.count - lookBits)) & ((1 << lookBits) - 1);
    const entry = table.short[look] ?? 0;
    if (entry > 0) {
      this.count -= entry >> 8;
      return entry & 255;
    }
    for (let length = lookBits + 1; length <= 16; length++) {
      const code = (this.buffer >>> (this.count - length)) & ((1 << length) - 1);
      if (code > (table.largest[length] ?? -1)) continue;
      this.count -= length;
      return table.symbols[code + (table.offset[length] ?? 0)] ?? unproven();
    }
    return unproven();
  }

  /** Ends the scan or a part of it: fewer than eight bits are left, and a marker follows. */
  endAtMarker(): void {
    const left = this.count - this.made;
    const next = this.bytes[this.at + 1] ?? 0;
    if (left < 0 || left > 7 || this.bytes[this.at] !== 0xff || next === 0) unproven();
    this.buffer = this.count = this.made = 0;
  }

  /** Skips the marker that starts the next part of the scan. They are numbered from 0 to 7. */
  skipRestart(number: number): void {
    if (this.bytes[this.at + 1] !== 0xd0 + (number % 8)) unproven();
    this.at += 2;
  }

  private fill(): void {
    while (this.count <= 16) {
      const byte = this.bytes[this.at] ?? 0xff;
      const isMarker = byte === 0xff && this.bytes[this.at + 1] !== 0;
      if (isMarker) this.made += 8;
      else this.at += byte === 0xff ? 2 : 1;
      this.buffer = (this.buffer << 8) | (isMarker ? 0 : byte);
      this.count += 8;
      if (this.made > 64) unproven();
    }
  }
}
