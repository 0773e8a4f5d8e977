import { mkdir, statfs } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { LimitExceededError } from '../domain/errors';

/** How far a stream may write before the free space is read again. */
const stepBytes = 1024 * 1024;
const defaultMinFreeBytes = 2 * 2 ** 30;
const defaultMinFreeShare = 0.05;

/** The disk would have less free space than the operator keeps. */
export class StoreFullError extends LimitExceededError {
  constructor(room: number, asked: number) {
    super(
      'bytes',
      Math.max(0, room),
      asked,
      `The server has room for ${inGib(room)}, but this needs ${inGib(asked)}. ` +
        'Delete files on its disk, or ask its operator for more space (LABELLOOP_MIN_FREE_GIB).',
    );
  }
}

const inGib = (bytes: number) => `${(Math.max(0, bytes) / 2 ** 30).toFixed(2)} GiB`;

export type ReadDisk = (
  folder: string,
) => Promise<{ bavail: number; blocks: number; bsize: number }>;

/**
 * The space that may still be written to the disk of a folder. A part of the disk stays free,
 * because PostgreSQL stops on a full one.
 */
export class DiskRoom {
  /** Bytes that streams of this process may write before they look again. */
  private reserved = 0;
  private made: Promise<unknown> | undefined;

  /**
   * @param minFreeBytes stays free; by default 2 GiB, or 5 % of a smaller disk. 0 switches the
   *   check off.
   */
  constructor(
    private readonly folder: string,
    private readonly minFreeBytes?: number,
    private readonly readDisk: ReadDisk = statfs,
  ) {}

  /** Bytes that may still be written. Infinite if the check is off. */
  async left(): Promise<number> {
    if (this.minFreeBytes === 0) return Infinity;
    this.made ??= mkdir(this.folder, { recursive: true });
    await this.made;
    const { bavail, blocks, bsize } = await this.readDisk(this.folder);
    const small = Math.min(defaultMinFreeBytes, defaultMinFreeShare * blocks * bsize);
    return bavail * bsize - (this.minFreeBytes ?? small) - this.reserved;
  }

  /** @throws StoreFullError */
  async require(bytes: number): Promise<void> {
    const left = await this.left();
    if (bytes > left) throw new StoreFullError(left, bytes);
  }

  /** Returns a stream that passes bytes on as long as there is room. It fails with StoreFullError. */
  meter(): Transform {
    let unchecked = stepBytes;
    let isReserved = false;
    const look = async () => {
      if (isReserved) this.reserved -= stepBytes;
      isReserved = false;
      await this.require(stepBytes);
      this.reserved += stepBytes;
      isReserved = true;
      unchecked = 0;
    };
    const meter = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        unchecked += chunk.length;
        if (unchecked < stepBytes) return done(null, chunk);
        look().then(() => done(null, chunk), done);
      },
    });
    meter.once('close', () => {
      if (isReserved) this.reserved -= stepBytes;
      isReserved = false;
    });
    return meter;
  }
}
