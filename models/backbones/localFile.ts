import { open } from 'node:fs/promises';
import { ModelInputError } from '../errors';

/** Maximum size of a model file that is read into memory. */
export const maxFileBytes = 2 ** 29;

/**
 * Reads a file that a person named.
 *
 * @throws ModelInputError `BACKBONE` for a path that is no file, cannot be read, or is too large
 */
export async function readLocalFile(path: string, limit = maxFileBytes): Promise<Uint8Array> {
  const refuse = (reason: string) => new ModelInputError('BACKBONE', `${path} ${reason}`);
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw refuse(error.code === 'ENOENT' ? 'is not there' : `cannot be read: ${error.message}`);
  });
  try {
    // Measures the opened file, not the path, so that the measured file is the one that is read.
    const info = await handle.stat();
    if (!info.isFile()) throw refuse('is not a file');
    if (info.size > limit) throw refuse(`has ${info.size} bytes; at most ${limit} are taken`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
