import type { Readable } from 'node:stream';

/** Where bytes live. Keys are ours (`images/…`), never a person's. */
export interface ImageStore {
  /** Durable when it resolves; a half written object is never seen under its key. */
  put(key: string, source: Readable | Buffer): Promise<void>;
  /** @throws StoredObjectMissingError */
  read(key: string): Promise<Buffer>;
  /** @throws StoredObjectMissingError */
  stream(key: string): Promise<{ stream: Readable; byteSize: number }>;
  /** A file on this machine, for what needs random access. Call release when done. */
  localFile(key: string): Promise<{ path: string; release: () => Promise<void> }>;
  /** Nothing happens when it is gone already. */
  remove(key: string): Promise<void>;
}

export class StoredObjectMissingError extends Error {
  constructor(key: string) {
    super(`${key} is not in the image store`);
  }
}
