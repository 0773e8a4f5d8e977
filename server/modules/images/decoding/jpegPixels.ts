import { HuffmanTable, ScanBits, unproven } from './jpegBits';
import { frameOf, type JpegComponent, type JpegFrame } from './jpegFrame';
import { readScan, type Scan } from './jpegScan';

/**
 * Whether every byte of a JPEG is needed for its pixels. It reads all scans bit by bit, as a decoder
 * does, because text can stand between the last bit of a scan and the next marker.
 *
 * @throws UnprovenError or RangeError where that is not proven
 */
export function isOnlyPixelsJpeg(bytes: Buffer): boolean {
  const reader = new JpegReader(bytes);
  let at = 2;
  for (;;) {
    const marker = bytes.readUInt16BE(at);
    if (marker === 0xffd9) return at + 2 === bytes.length && reader.isComplete();
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length) return false;
    at = reader.readSegment(marker, bytes.subarray(at + 4, end), end);
  }
}

interface Table {
  huffman: HuffmanTable;
  used: boolean;
}

class JpegReader {
  private frame: JpegFrame | undefined;
  private restartInterval = 0;
  private readonly once = new Set<string>();
  private readonly quantisation = new Set<number>();
  private readonly huffman = new Map<number, Table>();

  constructor(private readonly bytes: Buffer) {}

  /** Returns where the next segment starts. */
  readSegment(marker: number, content: Buffer, end: number): number {
    switch (marker) {
      case 0xffe0:
        return this.expect('JFIF', isPlainJfif(content), end);
      case 0xffee:
        return this.expect('Adobe', isAdobe(content), end);
      case 0xffdd:
        this.restartInterval = content.readUInt16BE(0);
        return this.expect('interval', content.length === 2, end);
      case 0xffc0:
      case 0xffc1:
      case 0xffc2:
        this.frame = frameOf(content, marker === 0xffc2);
        return this.expect('frame', true, end);
      case 0xffdb:
        this.readQuantisation(content);
        return end;
      case 0xffc4:
        this.readHuffman(content);
        return end;
      case 0xffda:
        return this.readScan(content, end);
      default:
        return unproven();
    }
  }

  /** Whether the image is complete and uses every table. */
  isComplete(): boolean {
    const components = this.frame?.components ?? [];
    const needed = new Set(components.map(({ quantisation }) => quantisation));
    return (
      components.length > 0 &&
      components.every(({ known }) => known[0] !== -1) &&
      [...this.quantisation].every((id) => needed.has(id)) &&
      [...this.huffman.values()].every(({ used }) => used)
    );
  }

  private expect(what: string, isValid: boolean, end: number): number {
    if (!isValid || this.once.has(what)) unproven();
    this.once.add(what);
    return end;
  }

  private readQuantisation(content: Buffer): void {
    for (let at = 0; at < content.length;) {
      const head = content.readUInt8(at);
      at += head >> 4 ? 129 : 65;
      if (at > content.length || head >> 4 > 1 || this.quantisation.has(head & 15)) unproven();
      this.quantisation.add(head & 15);
    }
  }

  private readHuffman(content: Buffer): void {
    for (let at = 0; at < content.length;) {
      const id = content.readUInt8(at);
      const counts = content.subarray(at + 1, at + 17);
      const size = counts.reduce((sum, count) => sum + count, 0);
      const symbols = content.subarray(at + 17, at + 17 + size);
      at += 17 + size;
      const isValid = at <= content.length && [0, 1, 16, 17, 2, 3, 18, 19].includes(id);
      if (!isValid || !areSymbols(symbols, id >> 4 === 0)) unproven();
      // A table that no scan has used may be text.
      if (this.huffman.get(id)?.used === false) unproven();
      this.huffman.set(id, { huffman: new HuffmanTable(counts, symbols), used: false });
    }
  }

  private readScan(content: Buffer, start: number): number {
    const { frame } = this;
    if (!frame) return unproven();
    const scan = this.scanOf(content, frame);
    for (const one of scan.components) takeBits(one, scan, frame.progressive);
    const bits = new ScanBits(this.bytes, start);
    readScan(bits, frame, scan, this.restartInterval);
    return bits.at;
  }

  private scanOf(content: Buffer, frame: JpegFrame): Scan {
    const count = content.readUInt8(0);
    if (content.length !== 4 + 2 * count) unproven();
    const [first = 0, last = 0, bits = 0] = content.subarray(1 + 2 * count);
    const scan: Scan = { components: [], first, last, high: bits >> 4, low: bits & 15 };
    for (let index = 0; index < count; index++) {
      const id = content[1 + 2 * index];
      const found = frame.components.find((one) => one.id === id && !scan.components.includes(one));
      if (!found) return unproven();
      this.giveTables(found, content[2 + 2 * index] ?? 0, scan, frame.progressive);
      scan.components.push(found);
    }
    return scan;
  }

  private giveTables(one: JpegComponent, ids: number, scan: Scan, progressive: boolean): void {
    const needsDc = !progressive || (scan.first === 0 && scan.high === 0);
    const needsAc = !progressive || scan.first > 0;
    one.dc = needsDc ? this.tableOf(ids >> 4) : undefined;
    one.ac = needsAc ? this.tableOf(16 + (ids & 15)) : undefined;
  }

  private tableOf(id: number): HuffmanTable {
    const table = this.huffman.get(id) ?? unproven();
    table.used = true;
    return table.huffman;
  }
}

/** Each coefficient is sent once, from its highest bits down. A scan that repeats one is not needed. */
function takeBits({ known }: JpegComponent, scan: Scan, progressive: boolean): void {
  const { first, last, high, low } = scan;
  const isSequential = first === 0 && last === 63 && high === 0 && low === 0;
  const isStep = high === 0 || high === low + 1;
  const isBand =
    first === 0 ? last === 0 : first <= last && last < 64 && scan.components.length === 1;
  if (progressive ? !isStep || !isBand || low > 13 : !isSequential) unproven();
  for (let at = first; at <= last; at++) {
    if (known[at] !== (high === 0 ? -1 : high)) unproven();
    known[at] = low;
  }
}

const isPlainJfif = (content: Buffer): boolean =>
  content.length === 14 &&
  content.toString('latin1', 0, 5) === 'JFIF\0' &&
  content[12] === 0 &&
  content[13] === 0;

const isAdobe = (content: Buffer): boolean =>
  content.length === 12 && content.toString('latin1', 0, 5) === 'Adobe';

/** Symbols of images with 8 bits per sample, each once. */
function areSymbols(symbols: Buffer, dc: boolean): boolean {
  const isValid = (symbol: number) => (dc ? symbol <= 11 : (symbol & 15) <= 10);
  return new Set(symbols).size === symbols.length && symbols.every(isValid);
}
