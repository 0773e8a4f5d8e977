import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ModelInputError } from '../errors';

const validId = /^[a-z0-9](?:[a-z0-9_-]|\.(?!\.)){0,63}$/;

/**
 * Returns a valid id: small letters, digits, `_`, `-` and single dots, never a path.
 *
 * @throws ModelInputError `VALUE`
 */
export function checkId(id: string): string {
  if (validId.test(id) && !id.endsWith('.')) return id;
  throw new ModelInputError(
    'VALUE',
    `“${id}” is no id: take small letters, digits, _, - and . (at most 64), as in my-net_2`,
  );
}

/** Returns the file of a backbone in a folder. */
export const fileOf = (folder: string, id: string): string => join(folder, `${checkId(id)}.onnx`);

/** Writes a file atomically: to a temporary file beside it first, then by a rename. */
export async function writeWhole(file: string, data: Uint8Array | string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const staging = `${file}.${process.pid}.tmp`;
  try {
    const handle = await open(staging, 'w');
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(staging, file);
  } catch (error) {
    await rm(staging, { force: true });
    throw error;
  }
}

/**
 * Removes a backbone from a folder.
 *
 * @throws ModelInputError `VALUE` if there is none with that id
 */
export async function removeBackbone(folder: string, id: string): Promise<void> {
  const file = fileOf(folder, id);
  const info = await stat(file).catch(() => undefined);
  if (!info?.isFile()) throw new ModelInputError('VALUE', `There is no ${id} in ${folder}`);
  await rm(file);
}
