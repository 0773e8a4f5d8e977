import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/**
 * Creates a zip archive of these entries, in their order. A name that ends in a slash is a folder.
 */
export async function zipOf(entries: Record<string, Buffer>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, bytes] of Object.entries(entries)) {
    if (name.endsWith('/')) zip.addEmptyDirectory(name);
    else zip.addBuffer(bytes, name);
  }
  zip.end();
  return buffer(zip.outputStream as NodeJS.ReadableStream & AsyncIterable<Buffer>);
}

/**
 * Renames an entry in place with `bytes` of the same length, to a name that no honest tool writes.
 */
export function renamed(zip: Buffer, name: string, bytes: Buffer): Buffer {
  if (Buffer.byteLength(name) !== bytes.length) throw new Error(`${name} has another length`);
  const changed = Buffer.from(zip);
  for (let at = changed.indexOf(name); at >= 0; at = changed.indexOf(name, at + 1))
    bytes.copy(changed, at);
  return changed;
}

const utf8Flag = 0x800;
/** Offsets of the flags from the start of a name, in the local header and in the directory. */
const flagOffsets = { local: -24, directory: -38 };

/** Sets an entry's flags in both places. */
export function withFlags(zip: Buffer, name: string, change: (flags: number) => number): Buffer {
  const changed = Buffer.from(zip);
  const local = changed.indexOf(name);
  const directory = changed.lastIndexOf(name);
  for (const at of [local + flagOffsets.local, directory + flagOffsets.directory])
    changed.writeUInt16LE(change(changed.readUInt16LE(at)), at);
  return changed;
}

export const encrypted = (zip: Buffer, name: string) => withFlags(zip, name, (flags) => flags | 1);
export const withoutUtf8Flag = (zip: Buffer, name: string) =>
  withFlags(zip, name, (flags) => flags & ~utf8Flag);
