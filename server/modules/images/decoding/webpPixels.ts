const alphaFlag = 0x10;

/**
 * Whether the container of a still WebP holds only pixels: one image, its transparency, and nothing
 * before, between or behind them.
 */
export function isOnlyPixelsWebp(bytes: Buffer): boolean {
  const chunks = chunksOf(bytes);
  const types = chunks?.map(({ type }) => type).join(' ');
  if (!chunks) return false;
  if (types === 'VP8 ' || types === 'VP8L') return true;
  const [extended] = chunks;
  const isExtended = types === 'VP8X VP8L' || types === 'VP8X VP8 ' || types === 'VP8X ALPH VP8 ';
  if (!isExtended || !extended || extended.size !== 10) return false;
  // No flag but that of transparency, and nothing in the reserved bytes.
  const flags = bytes[extended.start] ?? 0;
  return (flags & ~alphaFlag) === 0 && bytes.readUIntLE(extended.start + 1, 3) === 0;
}

interface Chunk {
  type: string;
  start: number;
  size: number;
}

const maxChunks = 3;

/** Lists the chunks, if they fill the file exactly and are few. */
function chunksOf(bytes: Buffer): Chunk[] | undefined {
  if (8 + bytes.readUInt32LE(4) !== bytes.length) return undefined;
  const chunks: Chunk[] = [];
  let at = 12;
  while (at < bytes.length) {
    if (at + 8 > bytes.length || chunks.length === maxChunks) return undefined;
    const size = bytes.readUInt32LE(at + 4);
    chunks.push({ type: bytes.toString('latin1', at, at + 4), start: at + 8, size });
    at += 8 + size;
    // An odd chunk is followed by a zero.
    if (size % 2 === 1 && bytes[at++] !== 0) return undefined;
  }
  return at === bytes.length ? chunks : undefined;
}

/**
 * Returns a WebP with only the image and its transparency, or undefined if it has no such form: an
 * animation, or chunks in another order.
 */
export function strippedWebp(bytes: Buffer): Buffer | undefined {
  const kept: Buffer[] = [];
  for (let at = 12; at + 8 <= bytes.length;) {
    const type = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const end = at + 8 + size + (size % 2);
    if (end > bytes.length) return undefined;
    const chunk = Buffer.from(pixelChunks.includes(type) ? bytes.subarray(at, end) : []);
    if (type === 'VP8X' && size === 10) {
      chunk[8] = (chunk[8] ?? 0) & alphaFlag;
      chunk.fill(0, 9, 12);
    }
    if (chunk.length > 0) kept.push(chunk);
    at = end;
  }
  const length = kept.reduce((sum, chunk) => sum + chunk.length, 4);
  const head = Buffer.from('RIFF....WEBP');
  head.writeUInt32LE(length, 4);
  const stripped = Buffer.concat([head, ...kept]);
  return isOnlyPixelsWebp(stripped) ? stripped : undefined;
}

const pixelChunks = ['VP8X', 'ALPH', 'VP8 ', 'VP8L'];

/**
 * Returns an animated WebP cut to its first frame, or undefined for a still one. A decoder walks
 * through all frames even for the first one, in a time that grows with their square.
 */
export function firstFrameOf(bytes: Buffer): Buffer | undefined {
  for (let at = 12; at + 8 <= bytes.length;) {
    const type = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const end = at + 8 + size + (size % 2);
    if (type === 'ANMF' && end <= bytes.length) {
      const cut = Buffer.from(bytes.subarray(0, end));
      cut.writeUInt32LE(end - 8, 4);
      return cut;
    }
    at = end;
  }
  return undefined;
}
