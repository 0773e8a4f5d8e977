import { open as openFile, type FileHandle } from 'node:fs/promises';
import { open, type Entry, type ZipFile } from 'yauzl';

/** We check names and sizes one by one, because one bad entry must not refuse the whole archive. */
const options = {
  lazyEntries: true,
  autoClose: false,
  decodeStrings: false,
  validateEntrySizes: false,
};

export async function openZip(path: string): Promise<ZipFile> {
  await checkOffsets(path);
  return new Promise<ZipFile>((resolve, reject) =>
    open(path, options, (error, zip) => (error ? reject(error) : resolve(readAhead(zip)))),
  );
}

type ReadBytes = (
  target: Buffer,
  offset: number,
  length: number,
  position: number,
  done: (error: Error | null, bytesRead?: number) => void,
) => void;

const blockBytes = 64 * 1024;

/**
 * Reads the directory in blocks. yauzl reads each entry with two calls of a few bytes, which takes a
 * tenth of a millisecond for each entry. Its types do not name `reader`.
 */
function readAhead(zip: ZipFile): ZipFile {
  const { reader } = zip as unknown as { reader: { read: ReadBytes } };
  const read = reader.read.bind(reader);
  let block = Buffer.alloc(0);
  let start = 0;
  reader.read = (target, offset, length, position, done) => {
    const at = position - start;
    if (at >= 0 && at + length <= block.length) {
      block.copy(target, offset, at, at + length);
      return done(null, length);
    }
    if (length > blockBytes) return read(target, offset, length, position, done);
    const next = Buffer.allocUnsafe(blockBytes);
    read(next, 0, blockBytes, position, (error, bytesRead = 0) => {
      if (error) return done(error);
      [block, start] = [next.subarray(0, bytesRead), position];
      done(null, block.copy(target, offset, 0, length));
    });
  };
  return zip;
}

const endRecord = { bytes: 22, signature: 0x06054b50 };
const locator = { bytes: 20, signature: 0x07064b50, offsetAt: 8 };
const largeRecord = { bytes: 56, offsetAt: 48 };
const maxCommentBytes = 0xffff;

/**
 * Checks the 64-bit offsets at the end of an archive. Node.js throws an error for an offset of 2^53
 * or more, and yauzl does not catch it. An offset of 32 bits needs no check: reading there ends the
 * import.
 *
 * @throws Error if an offset is larger than the file
 */
async function checkOffsets(path: string): Promise<void> {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    const tail = await read(file, Math.max(0, size - tailBytes), Math.min(size, tailBytes));
    // As yauzl does, this takes the last signature.
    let at = tail.length - endRecord.bytes;
    while (at >= 0 && tail.readUInt32LE(at) !== endRecord.signature) at--;
    const start = at - locator.bytes;
    if (start < 0 || tail.readUInt32LE(start) !== locator.signature) return;
    const recordAt = offsetIn(tail, start + locator.offsetAt, size);
    const record = await read(file, recordAt, largeRecord.bytes);
    if (record.length === largeRecord.bytes) offsetIn(record, largeRecord.offsetAt, size);
  } finally {
    await file.close();
  }
}

const tailBytes = locator.bytes + endRecord.bytes + maxCommentBytes;

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function offsetIn(bytes: Buffer, at: number, fileSize: number): number {
  const offset = bytes.readBigUInt64LE(at);
  if (offset > BigInt(fileSize)) throw new Error('it refers to bytes after its end');
  return Number(offset);
}

export async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await new Promise<Entry | undefined>((resolve, reject) => {
      zip.removeAllListeners();
      zip.once('entry', resolve);
      zip.once('end', () => resolve(undefined));
      zip.on('error', reject);
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

export function nameOf(entry: Entry): string {
  const raw = entry.fileName as unknown as Buffer;
  const utf8 = raw.toString('utf8');
  // Most tools write UTF-8 without the flag. Anything that is not valid UTF-8 is in the zip
  // format's original encoding.
  if (entry.generalPurposeBitFlag & utf8Flag || !utf8.includes('\ufffd')) return utf8;
  return Array.from(raw, (byte) =>
    byte < 128 ? String.fromCharCode(byte) : cp437[byte - 128],
  ).join('');
}
