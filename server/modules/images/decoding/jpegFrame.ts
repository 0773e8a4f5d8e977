import { unproven, type HuffmanTable } from './jpegBits';

const coefficients = 64;

/** One colour channel of a JPEG. */
export interface JpegComponent {
  id: number;
  quantisation: number;
  horizontal: number;
  vertical: number;
  /** Blocks of the channel, without those that fill up the last unit. */
  columns: number;
  rows: number;
  /** Blocks in a row of the channel, with those that fill up the last unit. */
  stride: number;
  /** Of a progressive JPEG: the bit that each coefficient is known to, or -1. */
  known: Int8Array;
  /** Of a progressive JPEG: two words per block, a bit for each coefficient that is not zero. */
  nonzero: Uint32Array;
  dc?: HuffmanTable | undefined;
  ac?: HuffmanTable | undefined;
}

export interface JpegFrame {
  progressive: boolean;
  /** Units of the smallest size that holds whole blocks of all channels. */
  unitColumns: number;
  unitRows: number;
  components: JpegComponent[];
}

/** Reads the content of a frame header. */
export function frameOf(content: Buffer, progressive: boolean): JpegFrame {
  const [height, width] = [content.readUInt16BE(1), content.readUInt16BE(3)];
  const count = content[5] ?? 0;
  const isKnown = content[0] === 8 && width > 0 && height > 0 && [1, 3, 4].includes(count);
  if (!isKnown || content.length !== 6 + 3 * count) unproven();
  const components = Array.from({ length: count }, (_, index) =>
    componentOf(content, 6 + 3 * index),
  );
  const widest = Math.max(...components.map(({ horizontal }) => horizontal));
  const tallest = Math.max(...components.map(({ vertical }) => vertical));
  const unitColumns = Math.ceil(width / (8 * widest));
  const unitRows = Math.ceil(height / (8 * tallest));
  for (const one of components) {
    one.columns = Math.ceil(Math.ceil((width * one.horizontal) / widest) / 8);
    one.rows = Math.ceil(Math.ceil((height * one.vertical) / tallest) / 8);
    one.stride = unitColumns * one.horizontal;
    if (progressive) one.nonzero = new Uint32Array(2 * one.stride * unitRows * one.vertical);
  }
  return { progressive, unitColumns, unitRows, components };
}

function componentOf(content: Buffer, at: number): JpegComponent {
  const factors = content[at + 1] ?? 0;
  const [horizontal, vertical] = [factors >> 4, factors & 15];
  if (horizontal < 1 || horizontal > 4 || vertical < 1 || vertical > 4) unproven();
  return {
    id: content[at] ?? 0,
    quantisation: content[at + 2] ?? 0,
    horizontal,
    vertical,
    columns: 0,
    rows: 0,
    stride: 0,
    known: new Int8Array(coefficients).fill(-1),
    nonzero: new Uint32Array(0),
  };
}
