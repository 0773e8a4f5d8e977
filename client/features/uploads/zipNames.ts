const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
/** The end record has 22 bytes. A comment of up to 65,535 bytes can follow. */
const TAIL_BYTES = 22 + 65_535;
const MAX_DIRECTORY_BYTES = 64 * 1024 ** 2;

const viewOf = async (blob: Blob) => new DataView(await blob.arrayBuffer());

function findEnd(tail: DataView): number {
  for (let at = tail.byteLength - 22; at >= 0; at -= 1)
    if (tail.getUint32(at, true) === END_SIGNATURE) return at;
  return -1;
}

function entryNames(directory: DataView): string[] {
  const decoder = new TextDecoder();
  const names: string[] = [];
  let at = 0;
  while (at + 46 <= directory.byteLength && directory.getUint32(at, true) === ENTRY_SIGNATURE) {
    const nameLength = directory.getUint16(at + 28, true);
    const rest = directory.getUint16(at + 30, true) + directory.getUint16(at + 32, true);
    const end = at + 46 + nameLength;
    if (end > directory.byteLength) break;
    const start = directory.byteOffset + at + 46;
    names.push(decoder.decode(new Uint8Array(directory.buffer, start, nameLength)));
    at = end + rest;
  }
  return names;
}

/**
 * Reads the file names of a zip file from its central directory (APPNOTE.TXT 4.3.12 and 4.3.16).
 * Returns null for a zip64 or damaged file, which only the server can read or refuse.
 */
export async function zipNames(zip: Blob): Promise<string[] | null> {
  const tail = await viewOf(zip.slice(Math.max(0, zip.size - TAIL_BYTES)));
  const end = findEnd(tail);
  if (end < 0) return null;
  const size = tail.getUint32(end + 12, true);
  const offset = tail.getUint32(end + 16, true);
  if (offset === 0xffffffff || size > MAX_DIRECTORY_BYTES || offset + size > zip.size) return null;
  const names = entryNames(await viewOf(zip.slice(offset, offset + size)));
  return names.filter((name) => !name.endsWith('/'));
}
