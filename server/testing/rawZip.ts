import { crc32, deflateRawSync } from 'node:zlib';

/** An entry as an attacker writes it: every figure can be a lie. */
export interface RawEntry {
  name: string | Buffer;
  bytes: Buffer;
  /** Leave out to store the bytes as they are. */
  deflate?: boolean;
  /** Figures in the directory, if they differ from the true ones. */
  packedSize?: number;
  unpackedSize?: number;
  /** The local entry with this index is meant, and none is written. */
  sameAs?: number;
}

const header = (size: number, signature: number) => {
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32LE(signature, 0);
  return bytes;
};

function figures(bytes: Buffer, at: number, entry: RawEntry, packed: Buffer): void {
  bytes.writeUInt16LE(20, at);
  bytes.writeUInt16LE(0x800, at + 2);
  bytes.writeUInt16LE(entry.deflate ? 8 : 0, at + 4);
  bytes.writeUInt32LE(crc32(entry.bytes), at + 10);
  bytes.writeUInt32LE(entry.packedSize ?? packed.length, at + 14);
  bytes.writeUInt32LE(entry.unpackedSize ?? entry.bytes.length, at + 18);
  bytes.writeUInt16LE(Buffer.byteLength(entry.name), at + 22);
}

/** Creates a zip whose entries may lie about sizes, share bytes, or have any name. */
export function rawZip(entries: readonly RawEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const packed = entry.deflate ? deflateRawSync(entry.bytes, { level: 9 }) : entry.bytes;
    offsets.push(entry.sameAs === undefined ? offset : (offsets[entry.sameAs] ?? 0));
    const local = header(30, 0x04034b50);
    figures(local, 4, entry, packed);
    if (entry.sameAs === undefined) {
      locals.push(local, name, packed);
      offset += 30 + name.length + packed.length;
    }
    const central = header(46, 0x02014b50);
    figures(central, 6, entry, packed);
    central.writeUInt32LE(offsets.at(-1) ?? 0, 42);
    directory.push(central, name);
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = header(22, 0x06054b50);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}
