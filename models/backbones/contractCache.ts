import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackboneContract } from './contract';

/** Changes with what is read from a file, so that older entries are not used. */
const version = 1;

/**
 * Remembers what examinations of backbone files found, by the SHA-256 of the file. To examine a file
 * takes up to a second and much memory, and every process would do it at its start.
 */
export class ContractCache {
  /** @param folder is created when the first entry is written */
  constructor(private readonly folder: string) {}

  /** Undefined if the file was not examined yet, or if its entry is damaged. */
  async read(sha256: string): Promise<BackboneContract | undefined> {
    try {
      return JSON.parse(await readFile(this.fileOf(sha256), 'utf8')) as BackboneContract;
    } catch {
      return undefined;
    }
  }

  /** A folder that cannot be written means that the file is examined again next time. */
  async write(sha256: string, contract: BackboneContract): Promise<void> {
    const file = this.fileOf(sha256);
    const staging = `${file}.${randomUUID()}`;
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await writeFile(staging, JSON.stringify(contract), { mode: 0o600 });
      // Another process may read or write the same entry.
      await rename(staging, file);
    } catch {
      await rm(staging, { force: true }).catch(() => {});
    }
  }

  private fileOf(sha256: string): string {
    return join(this.folder, `${sha256}.v${version}.json`);
  }
}
