import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { v4 as uuid } from 'uuid';
import { DiskRoom } from './diskRoom';
import {
  StoredObjectMissingError,
  type ByteRange,
  type ImageStore,
  type StoredObject,
} from './imageStore';

/** Stores files in a folder on this machine, or in one that all machines mount. */
export class LocalImageStore implements ImageStore {
  private readonly disk: DiskRoom;

  /** @param disk where it is; by default some space stays free, as `DiskRoom` says */
  constructor(
    private readonly folder: string,
    disk?: DiskRoom,
  ) {
    this.disk = disk ?? new DiskRoom(folder);
  }

  async put(key: string, source: Readable | Buffer): Promise<void> {
    const path = this.pathOf(key);
    const staging = `${path}.${uuid()}`;
    await mkdir(dirname(path), { recursive: true });
    // Opened here, because a source that fails at once must not leave a file that is opened after
    // its removal.
    const file = await open(staging, 'w');
    try {
      await pipeline(
        Buffer.isBuffer(source) ? Readable.from([source]) : source,
        this.disk.meter(),
        file.createWriteStream({ flush: true }),
      );
      await rename(staging, path);
      await syncFolder(dirname(path));
    } catch (error) {
      await rm(staging, { force: true });
      throw error;
    }
  }

  read(key: string): Promise<Buffer> {
    return readFile(this.pathOf(key)).catch(missing(key));
  }

  async stream(
    key: string,
    rangeOf?: (byteSize: number) => ByteRange | undefined,
  ): Promise<{ stream: Readable; byteSize: number }> {
    const handle = await open(this.pathOf(key)).catch(missing(key));
    const { size } = await handle.stat();
    return { stream: createReadStream('', { fd: handle, ...rangeOf?.(size) }), byteSize: size };
  }

  localFile(key: string): Promise<{ path: string; release: () => Promise<void> }> {
    return Promise.resolve({ path: this.pathOf(key), release: () => Promise.resolve() });
  }

  async *list(folder: string): AsyncGenerator<StoredObject> {
    const path = this.pathOf(folder.replace(/\/$/, ''));
    for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
      const key = `${folder}${entry.name}`;
      if (entry.isDirectory()) yield* this.list(`${key}/`);
      if (!entry.isFile()) continue;
      // Another process may remove it meanwhile.
      const info = await stat(this.pathOf(key)).catch(() => undefined);
      if (info) yield { key, modifiedAt: info.mtime };
    }
  }

  room(): Promise<number> {
    return this.disk.left();
  }

  async remove(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  private pathOf(key: string): string {
    const path = join(this.folder, ...key.split('/'));
    if (!path.startsWith(this.folder + sep)) throw new Error(`the key is not valid: ${key}`);
    return path;
  }
}

/** A rename is on disk only after its folder is synced. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

const missing =
  (key: string) =>
  (error: NodeJS.ErrnoException): never => {
    throw error.code === 'ENOENT' ? new StoredObjectMissingError(key) : error;
  };
