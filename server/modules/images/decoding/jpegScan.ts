import { unproven, type HuffmanTable, type ScanBits } from './jpegBits';
import type { JpegComponent, JpegFrame } from './jpegFrame';

/** What a scan adds: coefficients `first` to `last`, from bit `high` down to bit `low`. */
export interface Scan {
  components: JpegComponent[];
  first: number;
  last: number;
  high: number;
  low: number;
}

type ReadBlock = (component: JpegComponent, block: number) => void;

/** Reads every bit of a scan, as ITU-T T.81 defines it, and ends at the next marker. */
export function readScan(
  bits: ScanBits,
  frame: JpegFrame,
  scan: Scan,
  restartInterval: number,
): void {
  const reader = frame.progressive
    ? new ProgressiveReader(bits, scan)
    : { read: (one: JpegComponent) => readBlock(bits, one), restart: () => {} };
  const read: ReadBlock = (component, block) => reader.read(component, block);
  const units = unitsOf(frame, scan);
  for (let unit = 0; unit < units.count; unit++) {
    if (restartInterval > 0 && unit > 0 && unit % restartInterval === 0) {
      bits.endAtMarker();
      bits.skipRestart(unit / restartInterval - 1);
      reader.restart();
    }
    units.read(unit, read);
  }
  bits.endAtMarker();
}

/** A scan of one component has its blocks row by row. Several components take turns in units. */
function unitsOf({ unitColumns, unitRows }: JpegFrame, { components }: Scan) {
  const [only, second] = components;
  if (!only) return unproven();
  if (!second)
    return {
      count: only.columns * only.rows,
      read: (unit: number, read: ReadBlock) => {
        const row = Math.floor(unit / only.columns);
        read(only, row * only.stride + (unit - row * only.columns));
      },
    };
  return {
    count: unitColumns * unitRows,
    read: (unit: number, read: ReadBlock) => {
      const row = Math.floor(unit / unitColumns);
      const column = unit - row * unitColumns;
      for (const one of components)
        for (let y = 0; y < one.vertical; y++)
          for (let x = 0; x < one.horizontal; x++)
            read(one, (row * one.vertical + y) * one.stride + column * one.horizontal + x);
    },
  };
}

const needed = (table: HuffmanTable | undefined): HuffmanTable => table ?? unproven();

/** A block of a sequential JPEG: all coefficients at once. */
function readBlock(bits: ScanBits, { dc, ac }: JpegComponent): void {
  const [first, others] = [needed(dc), needed(ac)];
  bits.read(bits.symbol(first));
  let at = 1;
  while (at < 64) {
    const symbol = bits.symbol(others);
    const [run, size] = [symbol >> 4, symbol & 15];
    if (size === 0 && run < 15) return;
    at += run + 1;
    bits.read(size);
  }
  if (at > 64) unproven();
}

/** The blocks of a progressive JPEG, ITU-T T.81, annex G. */
class ProgressiveReader {
  /** Blocks to come that have no more coefficients in this scan. */
  private endOfBand = 0;

  constructor(
    private readonly bits: ScanBits,
    private readonly scan: Scan,
  ) {}

  restart(): void {
    if (this.endOfBand > 0) unproven();
  }

  read(component: JpegComponent, block: number): void {
    const { first, high } = this.scan;
    if (first === 0 && high === 0) this.bits.read(this.bits.symbol(needed(component.dc)));
    else if (first === 0) this.bits.read(1);
    else if (high === 0) this.readBand(component, block);
    else this.refineBand(component, block);
  }

  private readBand({ ac, nonzero }: JpegComponent, block: number): void {
    if (this.endOfBand > 0) return void this.endOfBand--;
    const table = needed(ac);
    for (let at = this.scan.first; at <= this.scan.last; at++) {
      const symbol = this.bits.symbol(table);
      const [run, size] = [symbol >> 4, symbol & 15];
      if (size === 0 && run < 15)
        return void (this.endOfBand = (1 << run) - 1 + this.bits.read(run));
      at += run;
      if (at > this.scan.last) unproven();
      if (size > 0) mark(nonzero, block, at);
      this.bits.read(size);
    }
  }

  private refineBand({ ac, nonzero }: JpegComponent, block: number): void {
    const { first, last } = this.scan;
    let at = first;
    if (this.endOfBand === 0) {
      const table = needed(ac);
      for (; at <= last; at++) {
        const symbol = this.bits.symbol(table);
        const [run, size] = [symbol >> 4, symbol & 15];
        if (size > 1) unproven();
        if (size === 0 && run < 15) {
          this.endOfBand = (1 << run) + this.bits.read(run);
          break;
        }
        this.bits.read(size);
        at = this.refineUntil(nonzero, block, at, run);
        if (at > last) unproven();
        if (size > 0) mark(nonzero, block, at);
      }
    }
    if (this.endOfBand === 0) return;
    this.refineUntil(nonzero, block, at, 64);
    this.endOfBand--;
  }

  /** Reads a bit of each coefficient that is not zero, and stops at the zero after `zeros` zeros. */
  private refineUntil(nonzero: Uint32Array, block: number, from: number, zeros: number): number {
    let at = from;
    for (let left = zeros; at <= this.scan.last; at++) {
      if (isMarked(nonzero, block, at)) this.bits.read(1);
      else if (left-- === 0) break;
    }
    return at;
  }
}

const mark = (nonzero: Uint32Array, block: number, at: number) => {
  const word = 2 * block + (at >> 5);
  nonzero[word] = (nonzero[word] ?? 0) | (1 << (at & 31));
};

const isMarked = (nonzero: Uint32Array, block: number, at: number): boolean =>
  (((nonzero[2 * block + (at >> 5)] ?? 0) >>> (at & 31)) & 1) === 1;
