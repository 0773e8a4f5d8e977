import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(__dirname, '..');

/**
 * Returns the compiled file that a thread or child process starts with: beside the caller, or below
 * `dist` if the caller runs from source, as in tests.
 *
 * @param folder `__dirname` of the caller
 * @param name of the compiled file
 */
export function compiledFile(folder: string, name: string): string {
  const beside = join(folder, name);
  return existsSync(beside) ? beside : join(root, 'dist', relative(root, folder), name);
}
