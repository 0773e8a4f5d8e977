import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { UploadRejectedError } from './uploads/upload.errors';

/** Counts and hashes the bytes, and stops a body that is longer or shorter than announced. */
export function byteMeter(fileName: string, expected: number) {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      if (bytes > expected)
        done(new UploadRejectedError(413, `More bytes arrived than the announced ${expected}.`));
      else done(null, chunk);
    },
    flush(done) {
      if (bytes === expected) done();
      else
        done(
          new UploadRejectedError(
            400,
            `${fileName} was announced with ${expected} bytes; ${bytes} arrived.`,
          ),
        );
    },
  });
  // It may fail before the store listens. The store then finds it failed.
  stream.on('error', () => {});
  return { stream, sha256: () => hash.digest() };
}
