import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { RefusalReason } from '../../../../shared/enums';
import { uploadKey } from '../../../storage/imageKeys';
import type { ImageStore } from '../../../storage/imageStore';
import { RefusedFileError } from '../refusedFile';

/** Passes bytes on and hashes them. It fails if there are more or fewer than expected. */
export function hashing(expected: number) {
  const hash = createHash('sha256');
  const wrongSize = () => new Error(`it does not have the ${expected} bytes that were announced`);
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      if (bytes > expected) done(wrongSize());
      else done(null, chunk);
    },
    flush: (done) => done(bytes === expected ? null : wrongSize()),
  });
  return { stream, sha256: () => hash.digest() };
}

/**
 * Copies the bytes of a ticket to a file. What is checked must be what is stored, and a second PUT
 * can replace the bytes of the ticket at any time.
 *
 * @throws RefusedFileError if other bytes than the recorded ones are there
 */
export async function copyUpload(
  store: ImageStore,
  ticketId: string,
  sha256: Buffer,
  path: string,
): Promise<string> {
  const { stream, byteSize } = await store.stream(uploadKey(ticketId));
  const meter = hashing(byteSize);
  await pipeline(stream, meter.stream, createWriteStream(path));
  if (!meter.sha256().equals(sha256))
    throw new RefusedFileError(
      RefusalReason.SIZE_MISMATCH,
      'The bytes were replaced while they were checked. Upload the file again.',
    );
  return path;
}
