import type { Readable } from 'node:stream';
import { open, type Entry, type ZipFile } from 'yauzl';
import { RefusalReason } from '../../../shared/enums';
import { limits } from '../../../shared/limits';
import { isClutter, safeRelativePath } from './fileNames';
import { RefusedFileError } from './imageFile';

export interface ArchiveFile {
  fileName: string;
  /** Unpacked size, as in the archive's directory. */
  byteSize: number;
  /** @throws RefusedFileError */
  read: () => Promise<Buffer>;
}

export interface Archive {
  /** Files in the order of the archive's directory, which is the same in every reading. */
  files: ArchiveFile[];
  close: () => void;
}

const openZip = (path: string) =>
  new Promise<ZipFile>((resolve, reject) =>
    // We check names one by one, because one bad name must not refuse the whole archive.
    open(path, { lazyEntries: true, autoClose: false, decodeStrings: false }, (error, zip) =>
      error ? reject(error) : resolve(zip),
    ),
  );

/** Lists a zip's files. @throws RefusedFileError for an archive that cannot be read */
export async function openArchive(path: string): Promise<Archive> {
  try {
    const zip = await openZip(path);
    const files: ArchiveFile[] = [];
    for await (const entry of entriesOf(zip)) {
      const name = nameOf(entry);
      if (!name.endsWith('/') && !isClutter(name)) files.push(fileOf(zip, entry, name));
    }
    return { files, close: () => zip.close() };
  } catch (error) {
    throw new RefusedFileError(
      RefusalReason.UNREADABLE_ARCHIVE,
      `This zip archive cannot be read (${(error as Error).message}).`,
    );
  }
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await new Promise<Entry | undefined>((resolve, reject) => {
      zip.removeAllListeners();
      zip.once('entry', resolve);
      zip.once('end', () => resolve(undefined));
      zip.once('error', reject);
      if (zip.entriesRead >= zip.entryCount) resolve(undefined);
      else zip.readEntry();
    });
    if (!entry) return;
    yield entry;
  }
}

const utf8Flag = 0x800;
/** The upper half of code page 437. */
const cp437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐' +
  '└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

function nameOf(entry: Entry): string {
  const raw = entry.fileName as unknown as Buffer;
  const utf8 = raw.toString('utf8');
  // Most tools write UTF-8 without the flag. Anything that is not valid UTF-8 is in the zip
  // format's original encoding.
  if (entry.generalPurposeBitFlag & utf8Flag || !utf8.includes('\ufffd')) return utf8;
  return Array.from(raw, (byte) =>
    byte < 128 ? String.fromCharCode(byte) : cp437[byte - 128],
  ).join('');
}

function fileOf(zip: ZipFile, entry: Entry, name: string): ArchiveFile {
  const fileName = safeRelativePath(name);
  const read = async () => {
    if (!fileName)
      throw new RefusedFileError(RefusalReason.UNSAFE_PATH, 'The path leaves the archive.');
    if (entry.isEncrypted())
      throw new RefusedFileError(
        RefusalReason.ENCRYPTED,
        'The file is encrypted. Unpack it first.',
      );
    if (entry.uncompressedSize > limits.maxFileBytes)
      throw new RefusedFileError(
        RefusalReason.TOO_LARGE,
        `The file has ${entry.uncompressedSize} bytes; the limit is ${limits.maxFileBytes}.`,
      );
    return readEntry(zip, entry);
  };
  return {
    fileName: fileName ?? name.slice(0, limits.maxFileNameLength),
    byteSize: entry.uncompressedSize,
    read,
  };
}

async function readEntry(zip: ZipFile, entry: Entry): Promise<Buffer> {
  try {
    const stream = await new Promise<Readable>((resolve, reject) =>
      zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened))),
    );
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch (error) {
    throw new RefusedFileError(
      RefusalReason.TRUNCATED,
      `The file is damaged in the archive (${(error as Error).message}).`,
    );
  }
}
