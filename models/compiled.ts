import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(__dirname, '..');

/**
 * Where a file that a thread or a process of its own begins with lies compiled: beside whoever asks,
 * or below `dist` where that one runs from its source, as tests do.
 *
 * @param folder `__dirname` of whoever asks
 * @param name of the compiled file
 */
export function compiledFile(folder: string, name: string): string {
  const beside = join(folder, name);
  return existsSync(beside) ? beside : join(root, 'dist', relative(root, folder), name);
}
