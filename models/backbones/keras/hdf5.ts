import type { File, Group } from 'h5wasm';
import { ModelInputError } from '../../errors';

const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Creates the error for a weights file that cannot be used. */
export const fileError = (reason: string): ModelInputError =>
  new ModelInputError('BACKBONE', `The weights file cannot be read: ${reason}`);

/** Returns the innermost reason that the library lists, which is the most specific. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const lines = message.split('\n').map((line) => line.trim());
  const listed = lines.filter((line) => line.startsWith('#') && line.includes('(): ')).at(-1);
  return listed?.slice(listed.indexOf('(): ') + 4) ?? lines[0] ?? '';
}

/**
 * Loads the HDF5 library, compiled to WebAssembly. Its files live in its own memory, so no file can
 * make it read this machine's disk.
 */
export async function loadHdf5() {
  const hdf5 = await import('h5wasm');
  const library = await hdf5.ready;
  // By default the library prints its errors and continues.
  library.activate_throwing_error_handler();
  if (!hdf5.FS) throw new Error('The HDF5 library has no memory to put files into');
  return { hdf5, files: hdf5.FS };
}

let opened = 0;

/**
 * Opens an HDF5 file in memory, passes its root to `read`, and closes it.
 *
 * @throws ModelInputError `BACKBONE` for a file that is not HDF5 or is truncated, also if the
 *   library finds that only while reading
 */
export async function withHdf5<T>(bytes: Uint8Array, read: (root: Group) => T): Promise<T> {
  if (signature.some((byte, at) => bytes[at] !== byte))
    throw fileError('it is not an HDF5 file; use the .h5 file that Keras publishes');
  const { hdf5, files } = await loadHdf5();
  const path = `/weights-${++opened}.h5`;
  files.writeFile(path, bytes);
  let file: File | undefined;
  try {
    file = new hdf5.File(path, 'r');
    return read(file);
  } catch (error) {
    if (error instanceof ModelInputError) throw error;
    throw fileError(`${reasonOf(error)}; it may be truncated, download it again`);
  } finally {
    file?.close();
    files.unlink(path);
  }
}
