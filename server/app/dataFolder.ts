import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const others = 0o007;
const groupAndOthers = 0o077;
const groupWrites = 0o020;
const passThrough = 0o011;

/** Folders with uploads and with what was computed from them. */
const own = ['store', 'cache'];

/**
 * Creates the data folder for this account alone, and corrects an existing one that belongs to it.
 * A folder that a group may write is shared on purpose, so only other accounts are shut out.
 *
 * If we run as root, PostgreSQL runs as another account and needs to reach its cluster in the data
 * folder. Other accounts may then pass through the folder, but they cannot list it or open our files.
 */
export async function secureDataFolder(folder: string): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  await mkdir(folder, { recursive: true, mode: isRoot ? 0o711 : 0o700 });
  for (const name of own) await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
  await close(folder, isRoot ? passThrough : 0);
  const entries = await readdir(folder, { withFileTypes: true });
  // PostgreSQL requires its own rights for its cluster.
  for (const entry of entries)
    if (entry.isDirectory() && entry.name !== 'postgres') await close(join(folder, entry.name), 0);
}

/** Removes rights and never adds any. The rights in `kept` are not removed. */
async function close(path: string, kept: number): Promise<void> {
  const { mode, uid } = await stat(path);
  if (process.getuid && uid !== process.getuid()) return;
  const taken = (mode & groupWrites ? others : groupAndOthers) & ~kept;
  if (mode & taken) await chmod(path, mode & 0o777 & ~taken);
}
