import { crc32, deflateRawSync } from 'node:zlib';
import { localHeaderLength, rawZip as writeZip } from './hostile/rawZip';

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

/** Creates a zip whose entries may lie about sizes, share bytes, or have any name. */
export function rawZip(entries: readonly RawEntry[]): Buffer {
  const offsets: number[] = [];
  let next = 0;
  return writeZip(
    entries.map((entry) => {
      const { name, bytes, deflate, packedSize, unpackedSize, sameAs } = entry;
      const data = deflate ? deflateRawSync(bytes, { level: 9 }) : bytes;
      const shared = sameAs === undefined ? undefined : (offsets[sameAs] ?? 0);
      offsets.push(shared ?? next);
      if (shared === undefined) next += localHeaderLength + Buffer.byteLength(name) + data.length;
      return {
        name,
        data,
        method: deflate ? 8 : 0,
        crc: crc32(bytes),
        size: unpackedSize ?? bytes.length,
        ...(packedSize !== undefined && { packed: packedSize }),
        ...(shared !== undefined && { offset: shared }),
      };
    }),
  );
}
