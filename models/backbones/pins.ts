import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from './store';

const pins = z.record(
  z.string(),
  z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), seen: z.string() }),
);
type Pins = z.infer<typeof pins>;

const pinsFile = (folder: string) => join(folder, 'pins.json');

async function readPins(folder: string): Promise<Pins> {
  const text = await readFile(pinsFile(folder), 'utf8').catch(() => '{}');
  try {
    return pins.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Returns the hash that a file without a published one had when it was first downloaded here. */
export const pinnedHash = async (folder: string, url: string): Promise<string | undefined> =>
  (await readPins(folder))[url]?.sha256;

/** Stores the hash of a file whose publisher gives none, so that a later change is detected. */
export async function pinHash(folder: string, url: string, sha256: string): Promise<void> {
  const known = await readPins(folder);
  const next = { ...known, [url]: { sha256, seen: new Date().toISOString() } };
  await writeWhole(pinsFile(folder), `${JSON.stringify(next, null, 2)}\n`);
}
