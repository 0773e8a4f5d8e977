import type { Readable } from 'node:stream';

/** Both ends are included. */
export interface ByteRange {
  start: number;
  end: number;
}

export interface StoredObject {
  key: string;
  modifiedAt: Date;
}

/** Stores files. Keys are ours (`images/…`), never a person's. */
export interface ImageStore {
  /**
   * Durable when it resolves. A partial object never appears under its key.
   *
   * @throws StoreFullError
   */
  put(key: string, source: Readable | Buffer): Promise<void>;
  /** @throws StoredObjectMissingError */
  read(key: string): Promise<Buffer>;
  /**
   * Streams an object, or the bytes of it that `rangeOf` chooses when it knows the size.
   *
   * @throws StoredObjectMissingError
   */
  stream(
    key: string,
    rangeOf?: (byteSize: number) => ByteRange | undefined,
  ): Promise<{ stream: Readable; byteSize: number }>;
  /** Returns a file on this machine, for random access. Call release afterwards. */
  localFile(key: string): Promise<{ path: string; release: () => Promise<void> }>;
  /**
   * Lists the objects whose key begins with a folder, such as `images/`. It includes what is left of
   * objects that were not completed.
   */
  list(folder: string): AsyncIterable<StoredObject>;
  /** Bytes that may still be written. Each kind of store has its own rule. */
  room(): Promise<number>;
  /** Does nothing if it does not exist. */
  remove(key: string): Promise<void>;
}

export class StoredObjectMissingError extends Error {
  constructor(key: string) {
    super(`${key} is not in the image store`);
  }
}
