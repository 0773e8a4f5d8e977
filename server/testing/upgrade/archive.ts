import { chmod, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';

/** A file with its size, or a folder without one. Paths are relative and use forward slashes. */
interface Entry {
  path: string;
  mode: number;
  size?: number;
}

const headerLengthBytes = 4;
const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_MAX_WINDOW_BITS } = constants;

async function* entriesOf(root: string, folder = root): AsyncGenerator<Entry> {
  for (const name of (await readdir(folder)).sort()) {
    const absolute = join(folder, name);
    const path = relative(root, absolute).split('\\').join('/');
    const info = await stat(absolute);
    if (info.isFile()) yield { path, mode: info.mode & 0o777, size: info.size };
    if (!info.isDirectory()) continue;
    yield { path, mode: info.mode & 0o777 };
    yield* entriesOf(root, absolute);
  }
}

/**
 * Packs a folder into one Brotli stream: the length of a JSON list of entries, the list, the bytes.
 * The window of 16 MiB finds what the databases of a PostgreSQL cluster have in common.
 */
export async function pack(
  folder: string,
  isWanted: (path: string) => boolean,
  contentOf = (_path: string, bytes: Buffer): Buffer => bytes,
): Promise<Buffer> {
  const entries: Entry[] = [];
  const contents: Buffer[] = [];
  for await (const entry of entriesOf(folder)) {
    if (!isWanted(entry.path)) continue;
    if (entry.size !== undefined) {
      const bytes = contentOf(entry.path, await readFile(join(folder, entry.path)));
      entry.size = bytes.length;
      contents.push(bytes);
    }
    entries.push(entry);
  }
  const header = Buffer.from(JSON.stringify(entries));
  const length = Buffer.alloc(headerLengthBytes);
  length.writeUInt32LE(header.length);
  return promisify(brotliCompress)(Buffer.concat([length, header, ...contents]), {
    params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_LGWIN]: BROTLI_MAX_WINDOW_BITS },
  });
}

/** Writes a packed folder to `folder`. */
export async function unpack(
  packed: Buffer,
  folder: string,
  contentOf = (_path: string, bytes: Buffer): Buffer => bytes,
): Promise<void> {
  const bytes = await promisify(brotliDecompress)(packed);
  const headerEnd = headerLengthBytes + bytes.readUInt32LE();
  const header = bytes.toString('utf8', headerLengthBytes, headerEnd);
  let at = headerEnd;
  for (const { path, mode, size } of JSON.parse(header) as Entry[]) {
    const absolute = join(folder, path);
    if (size === undefined) await mkdir(absolute, { recursive: true });
    else {
      await mkdir(dirname(absolute), { recursive: true });
      await writeFile(absolute, contentOf(path, bytes.subarray(at, at + size)));
      at += size;
    }
    await chmod(absolute, mode);
  }
}
