import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Entry, ZipFile } from 'yauzl';
import { RefusalReason } from '../../../../shared/enums';
import { limits } from '../../../../shared/limits';
import { isFile, surveyArchive } from './archiveSurvey';
import { hashing } from '../uploads/copyUpload';
import { presentableName, safeRelativePath } from '../fileNames';
import { RefusedFileError } from '../refusedFile';
import { entriesOf, nameOf, openZip } from './zipEntries';

export interface ArchiveFile {
  fileName: string;
  /** Unpacked size, as in the archive's directory. */
  byteSize: number;
  /** The reason to refuse the file without reading it. Undefined if it may be read. */
  refusal: RefusedFileError | undefined;
  /** Unpacks it to this path and returns its SHA-256. @throws RefusedFileError */
  extract: (path: string) => Promise<Buffer>;
}

export interface Archive {
  /** Number of files. */
  fileCount: number;
  /**
   * Lists the files from this one on, in the order of the archive's directory, which is the same in
   * every reading.
   */
  files: (first: number) => AsyncGenerator<ArchiveFile>;
  close: () => void;
}

/** An honest entry takes a small part of this time. */
const extractMs = 60_000;
/** Images hardly get smaller in an archive. */
const maxRatio = 200;
const smallEnough = 1024 * 1024;

/**
 * Opens a zip archive and reads its directory twice: at once, to check the limits, and step by step
 * for the files. So the memory does not grow with the names in it.
 *
 * @throws RefusedFileError for an archive that cannot be read or exceeds a limit
 */
export async function openArchive(path: string): Promise<Archive> {
  try {
    const survey = await surveyArchive(path);
    const zip = await openZip(path);
    const reader = { zip, runsInto: survey.runsInto };
    return {
      fileCount: survey.fileCount,
      files: (first) => filesOf(reader, first),
      close: () => zip.close(),
    };
  } catch (error) {
    throw asRefusal(error);
  }
}

const asRefusal = (error: unknown) =>
  error instanceof RefusedFileError
    ? error
    : new RefusedFileError(
        RefusalReason.UNREADABLE_ARCHIVE,
        `This zip archive cannot be read (${presentableName((error as Error).message)}).`,
      );

interface Reader {
  zip: ZipFile;
  runsInto: (entry: Entry) => boolean;
}

async function* filesOf(reader: Reader, first: number): AsyncGenerator<ArchiveFile> {
  let index = 0;
  try {
    for await (const entry of entriesOf(reader.zip)) {
      const name = nameOf(entry);
      if (isFile(name) && index++ >= first) yield fileOf(reader, entry, name);
    }
  } catch (error) {
    throw asRefusal(error);
  }
}

function fileOf(reader: Reader, entry: Entry, name: string): ArchiveFile {
  const fileName = safeRelativePath(name);
  const refusal = fileName ? refusalOf(reader, entry) : unsafePath();
  return {
    fileName: fileName ?? presentableName(name),
    byteSize: entry.uncompressedSize,
    refusal,
    extract: (path) => (refusal ? Promise.reject(refusal) : extract(reader.zip, entry, path)),
  };
}

const unsafePath = () =>
  new RefusedFileError(
    RefusalReason.UNSAFE_PATH,
    'The name is not a path within the archive, or it is too long. Rename the file.',
  );

function refusalOf({ zip, runsInto }: Reader, entry: Entry): RefusedFileError | undefined {
  const { uncompressedSize: size, compressedSize: packed } = entry;
  if (entry.isEncrypted())
    return new RefusedFileError(RefusalReason.ENCRYPTED, 'The file is encrypted. Unpack it first.');
  if (entry.relativeOffsetOfLocalHeader > zip.fileSize)
    return new RefusedFileError(
      RefusalReason.TRUNCATED,
      'The file is not in the archive, because the archive was cut off. Create the archive again.',
    );
  if (runsInto(entry))
    return new RefusedFileError(
      RefusalReason.OVERLAPPING,
      'The file shares bytes with another file of the archive. Create the archive again.',
    );
  if (size > limits.maxFileBytes)
    return new RefusedFileError(
      RefusalReason.TOO_LARGE,
      `The file has ${size} bytes; the limit is ${limits.maxFileBytes}.`,
    );
  if (size > smallEnough && size > packed * maxRatio)
    return new RefusedFileError(
      RefusalReason.COMPRESSED_TOO_MUCH,
      `The file unpacks to more than ${maxRatio} times its size, which no image does. Upload it without an archive.`,
    );
  return undefined;
}

async function extract(zip: ZipFile, entry: Entry, path: string): Promise<Buffer> {
  try {
    const stream = await new Promise<Readable>((resolve, reject) =>
      zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened))),
    );
    const meter = hashing(entry.uncompressedSize);
    const signal = AbortSignal.timeout(extractMs);
    await pipeline(stream, meter.stream, createWriteStream(path), { signal });
    return meter.sha256();
  } catch (error) {
    if (isOfDisk(error)) throw error;
    throw new RefusedFileError(
      RefusalReason.TRUNCATED,
      `The file is damaged in the archive (${presentableName((error as Error).message)}).`,
    );
  }
}

/** A full or broken disk is no fault of the archive. */
const isOfDisk = (error: unknown) =>
  ['ENOSPC', 'EIO', 'EROFS', 'EDQUOT', 'EMFILE', 'EACCES'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  );
