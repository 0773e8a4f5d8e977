import { open } from 'node:fs/promises';
import { ModelInputError } from '../errors';

/** No model file that is read whole may be larger. */
export const maxFileBytes = 2 ** 29;

/**
 * The content of a file that a person named.
 *
 * @throws ModelInputError `BACKBONE` for what is no file, cannot be read, or is too large
 */
export async function readLocalFile(path: string, limit = maxFileBytes): Promise<Uint8Array> {
  const refuse = (reason: string) => new ModelInputError('BACKBONE', `${path} ${reason}`);
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw refuse(error.code === 'ENOENT' ? 'is not there' : `cannot be read: ${error.message}`);
  });
  try {
    // Of the opened file, not of the name: what is measured is what is read.
    const info = await handle.stat();
    if (!info.isFile()) throw refuse('is not a file');
    if (info.size > limit) throw refuse(`has ${info.size} bytes; at most ${limit} are taken`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
