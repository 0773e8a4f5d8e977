import { crc32 } from 'node:zlib';
import { longs, words } from './bytes';

/** An entry of an archive in which every number may be wrong. What is not given is right. */
export interface RawEntry {
  name: string | Buffer;
  /** The bytes as they stand in the archive. Default: none. */
  data?: Buffer;
  /** 0 stored, 8 deflated. */
  method?: number;
  /** Default: names in UTF-8. */
  flags?: number;
  crc?: number;
  /** Unpacked size. */
  size?: number;
  /** Packed size. */
  packed?: number;
  extra?: Buffer;
  comment?: Buffer;
  /** Offset of the local header. If it is given, the entry has no local header of its own. */
  offset?: number;
  /** Mode and type of the file, as Unix has them. */
  mode?: number;
}

/** What the record at the archive's end states, if it differs from the truth. */
export interface RawEnd {
  entries?: number;
  /** Further records of the directory, after those of the entries. */
  more?: Buffer;
  directorySize?: number;
  directoryOffset?: number;
  comment?: Buffer;
  /** Bytes before the first entry, which the offsets do not count. */
  prefix?: Buffer;
  /** Bytes between the directory and the end record, such as a zip64 record. */
  beforeEnd?: Buffer;
}

const utf8Names = 0x800;
const localSignature = 0x04034b50;
const directorySignature = 0x02014b50;
const endSignature = 0x06054b50;

function fieldsOf(entry: RawEntry, name: Buffer): Buffer {
  const { data = Buffer.alloc(0), method = 0, flags = utf8Names, extra } = entry;
  return Buffer.concat([
    words(20, flags, method, 0, 0x21),
    longs(entry.crc ?? (method === 0 ? crc32(data) : 0), entry.packed ?? data.length),
    longs(entry.size ?? data.length),
    words(name.length, extra?.length ?? 0),
  ]);
}

/** The length of a local header before its name. */
export const localHeaderLength = 30;
/** The length of a record of the directory before its name. */
export const directoryRecordLength = 46;

/** Writes a zip archive exactly as described. */
export function rawZip(entries: readonly RawEntry[], end: RawEnd = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let length = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name as string);
    const fields = fieldsOf(entry, name);
    const extra = entry.extra ?? Buffer.alloc(0);
    const comment = entry.comment ?? Buffer.alloc(0);
    const tail = [
      words(comment.length, 0, 0),
      longs((entry.mode ?? 0o100644) << 16, entry.offset ?? length),
    ];
    directory.push(longs(directorySignature), words(0x31e), fields, ...tail, name, extra, comment);
    if (entry.offset !== undefined) continue;
    const local = [longs(localSignature), fields, name, extra, entry.data ?? Buffer.alloc(0)];
    for (const part of local) length += part.length;
    parts.push(...local);
  }
  const list = Buffer.concat([...directory, end.more ?? Buffer.alloc(0)]);
  const count = end.entries ?? entries.length;
  return Buffer.concat([
    end.prefix ?? Buffer.alloc(0),
    ...parts,
    list,
    end.beforeEnd ?? Buffer.alloc(0),
    longs(endSignature),
    words(0, 0, count, count),
    longs(end.directorySize ?? list.length, end.directoryOffset ?? length),
    words(end.comment?.length ?? 0),
    end.comment ?? Buffer.alloc(0),
  ]);
}
