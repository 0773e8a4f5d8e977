import type { Entry, ZipFile } from 'yauzl';
import { RefusalReason } from '../../../../shared/enums';
import { limits } from '../../../../shared/limits';
import { isClutter } from '../fileNames';
import { RefusedFileError } from '../refusedFile';
import { entriesOf, nameOf, openZip } from './zipEntries';

/** What the whole directory of an archive says, in eight bytes of memory per entry. */
export interface ArchiveSurvey {
  fileCount: number;
  /** Whether the bytes of an entry reach into those of the next one, or are another entry's too. */
  runsInto: (entry: Entry) => boolean;
}

const maxDirectoryBytes = 512 * 1024 * 1024;
const surveyMs = 300_000;
const localHeaderBytes = 30;
/** Entries that share their bytes are refused one by one up to this number. */
const maxSharedEntries = 100;

/** Whether the entry is a file of a person, neither a folder nor a file of an operating system. */
export const isFile = (name: string): boolean => !name.endsWith('/') && !isClutter(name);

/** Reads the directory to its end. @throws RefusedFileError for an archive beyond a limit */
export async function surveyArchive(path: string): Promise<ArchiveSurvey> {
  const zip = await openZip(path);
  try {
    return await survey(zip);
  } finally {
    zip.close();
  }
}

async function survey(zip: ZipFile): Promise<ArchiveSurvey> {
  if (zip.entryCount > limits.maxArchiveEntries) throw tooManyEntries();
  const end = Date.now() + surveyMs;
  let starts = new Float64Array(1024);
  let entries = 0;
  let files = 0;
  let [unpacked, directory] = [0, 0];
  for await (const entry of entriesOf(zip)) {
    if (entries === starts.length) starts = grown(starts);
    starts[entries++] = entry.relativeOffsetOfLocalHeader;
    unpacked += entry.uncompressedSize;
    directory += entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
    if (isFile(nameOf(entry))) files++;
    if (unpacked > limits.maxUnpackedBytes) throw tooLarge();
    if (directory > maxDirectoryBytes || Date.now() > end) throw tooManyEntries();
  }
  const sorted = starts.subarray(0, entries).sort();
  if (countRepeated(sorted) > maxSharedEntries) throw overlapping();
  return { fileCount: files, runsInto: (entry) => runsInto(sorted, entry) };
}

/** Returns how many entries start where another one does. No program writes such an archive. */
function countRepeated(sorted: Float64Array): number {
  let repeated = 0;
  for (let index = 1; index < sorted.length; index++)
    if (sorted[index] === sorted[index - 1]) repeated++;
  return repeated;
}

function grown(starts: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(starts.length * 2);
  larger.set(starts);
  return larger;
}

/** @param sorted where the entries of the archive start */
function runsInto(sorted: Float64Array, entry: Entry): boolean {
  const start = entry.relativeOffsetOfLocalHeader;
  const end = start + localHeaderBytes + entry.fileNameLength + entry.compressedSize;
  const first = firstFrom(sorted, start);
  const isShared = sorted[first + 1] === start;
  const next = sorted[firstFrom(sorted, start + 1)] ?? Infinity;
  return isShared || end > next;
}

/** Returns the index of the first value that is at least `value`. */
function firstFrom(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const tooManyEntries = () =>
  new RefusedFileError(
    RefusalReason.UNREADABLE_ARCHIVE,
    `The directory of this archive is too large; the limit is ${limits.maxArchiveEntries} entries. Split the archive.`,
  );

const overlapping = () =>
  new RefusedFileError(
    RefusalReason.UNREADABLE_ARCHIVE,
    `More than ${maxSharedEntries} entries of this archive share their bytes with another one. Create the archive again.`,
  );

const tooLarge = () =>
  new RefusedFileError(
    RefusalReason.UNREADABLE_ARCHIVE,
    `This archive unpacks to more than ${limits.maxUnpackedBytes / 2 ** 30} GiB. Split the archive.`,
  );
