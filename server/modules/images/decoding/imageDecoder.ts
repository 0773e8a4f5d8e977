import { tmpdir } from 'node:os';
import { compiledFile } from '../../../../models/compiled';
import { RefusalReason } from '../../../../shared/enums';
import { ProcessEndedError, type ProcessEnd } from '../../../processes/poolProcess';
import { ProcessPool } from '../../../processes/processPool';
import type { PrepareAnswer } from './decoderMain';
import type { PreparedImage, PrepareOrder } from './imageFile';
import { RefusedFileError } from '../refusedFile';

export interface ImageDecoderOptions {
  /** Decoder processes at once. */
  processes: number;
  /** The part of them that one person may use at once. */
  perPerson: number;
  /** Time for one file. */
  deadlineMs: number;
  /** Memory of one process, with everything that it holds. */
  memoryMiB: number;
}

/** What Node.js and libvips need before they hold an image, and while they encode one. */
const baseMiB = 60;
const heapMiB = 48;
const keptMiB = 60;
const idleMs = 30_000;

/**
 * Checks and converts image files from outside in processes of their own. A file can stop or fill
 * such a process, but neither the server nor another file's.
 */
export class ImageDecoder {
  private readonly pool: ProcessPool<PrepareOrder, PrepareAnswer>;
  private readonly decodeBytes: number;
  private readonly deadlineMs: number;

  constructor({ processes, perPerson, deadlineMs, memoryMiB }: ImageDecoderOptions) {
    this.deadlineMs = deadlineMs;
    this.decodeBytes = (memoryMiB - baseMiB) * 2 ** 20;
    this.pool = new ProcessPool({
      file: compiledFile(__dirname, 'decoderMain.js'),
      processes,
      tasksPerOwner: perPerson,
      deadlineMs,
      memoryMiB,
      heapMiB,
      // One large image at a time, or several small ones.
      sharedMiB: memoryMiB - baseMiB,
      keptMiB,
      idleMs,
      env: {
        TMPDIR: tmpdir(),
        TEMP: tmpdir(),
        MALLOC_ARENA_MAX: '2',
      },
    });
  }

  /** Ids of the processes that run now. */
  get processIds(): number[] {
    return this.pool.processIds;
  }

  /** Number of files that are read now. */
  get busy(): number {
    return this.pool.running;
  }

  /**
   * Checks a file to its last byte and creates the stored versions.
   *
   * @param owner the person whose turn it takes
   * @throws RefusedFileError, and ProcessEndedError if the decoder is closed meanwhile
   */
  async prepare(owner: string, files: Omit<PrepareOrder, 'decodeBytes'>): Promise<PreparedImage> {
    const answer = await this.pool
      .run(owner, { ...files, decodeBytes: this.decodeBytes })
      .catch((error: unknown) => {
        if (error instanceof ProcessEndedError && error.end !== 'CLOSED')
          throw this.refusalOf(error.end);
        throw error;
      });
    if ('refusal' in answer)
      throw new RefusedFileError(answer.refusal.reason, answer.refusal.message);
    return answer.prepared;
  }

  close(): void {
    this.pool.close();
  }

  private refusalOf(end: Exclude<ProcessEnd, 'CLOSED'>): RefusedFileError {
    switch (end) {
      case 'DEADLINE':
        return new RefusedFileError(
          RefusalReason.TOO_SLOW,
          `Reading this file takes longer than ${this.deadlineMs / 1000} s. Save the image again with another program, or make it smaller.`,
        );
      case 'MEMORY':
        return new RefusedFileError(
          RefusalReason.TOO_MUCH_MEMORY,
          'Reading this file needs too much memory. Save it as a baseline JPEG, or make it smaller.',
        );
      case 'CRASH':
        return new RefusedFileError(
          RefusalReason.DECODER_ENDED,
          'Reading this file ended the decoder. Save the image again with another program.',
        );
    }
  }
}

/** Whether a file was refused because it ended its decoder. */
export const endedDecoder = (reason: RefusalReason): boolean =>
  [RefusalReason.TOO_SLOW, RefusalReason.DECODER_ENDED].includes(reason);
