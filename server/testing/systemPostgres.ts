import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Binaries } from '../database/postgresBinaries';

/** Debian installs each version of PostgreSQL in a subfolder of this folder. */
const systemFolder = '/usr/lib/postgresql';

/** Programs in a folder that belongs to no package of ours. */
export const systemBinaries = (folder: string): Binaries => ({
  postgres: join(folder, 'postgres'),
  initdb: join(folder, 'initdb'),
  // The built-in locale is new in version 17.
  localeFlags: ['--locale=C'],
});

/** Major versions that the operating system has, and the folders of their programs. */
export function systemVersions(): { version: string; folder: string }[] {
  if (!existsSync(systemFolder)) return [];
  return readdirSync(systemFolder)
    .map((version) => ({ version, folder: join(systemFolder, version, 'bin') }))
    .filter(({ folder }) => existsSync(join(folder, 'initdb')));
}
