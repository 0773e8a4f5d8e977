import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackboneContract } from './contract';

/** Increase it when the contract gets other fields. Entries of older versions are then ignored. */
const version = 1;

/**
 * Caches the contracts of backbone files by the SHA-256 of the file. Examining a file takes up to a
 * second and much memory, and every process needs the contracts at its start.
 */
export class ContractCache {
  /** @param folder is created when the first entry is written */
  constructor(private readonly folder: string) {}

  /** Undefined if the file was not examined yet, or if its entry is damaged. */
  async read(sha256: string): Promise<BackboneContract | undefined> {
    try {
      const read: unknown = JSON.parse(await readFile(this.fileOf(sha256), 'utf8'));
      return isContract(read) ? read : undefined;
    } catch {
      return undefined;
    }
  }

  /** If the folder cannot be written, the file is examined again next time. */
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

function isContract(read: unknown): read is BackboneContract {
  if (typeof read !== 'object' || read === null) return false;
  const { inputName, inputSize, embeddingSize, description } = read as Partial<BackboneContract>;
  return (
    typeof inputName === 'string' &&
    typeof inputSize === 'number' &&
    typeof embeddingSize === 'number' &&
    typeof description === 'object'
  );
}
