import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../database/embeddedPostgres';
import { systemBinaries } from './systemPostgres';

declare global {
  var testPostgres: { server: EmbeddedPostgres; folder: string } | undefined;
}

/**
 * Starts one real PostgreSQL for all integration tests. Each file creates its own database in it. The
 * folder LABELLOOP_TEST_POSTGRES_BIN holds the programs of another version.
 */
export default async function setup(): Promise<void> {
  if (process.env.DATABASE_URL) {
    process.env.LABELLOOP_TEST_POSTGRES = process.env.DATABASE_URL;
    process.env.LABELLOOP_TEST_POSTGRES_ADMIN = process.env.DATABASE_URL;
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'labelloop-test-'));
  await chmod(folder, 0o755);
  const programs = process.env.LABELLOOP_TEST_POSTGRES_BIN;
  const binaries = programs ? systemBinaries(programs) : undefined;
  const server = await startEmbeddedPostgres(folder, pino({ level: 'silent' }), binaries);
  globalThis.testPostgres = { server, folder };
  process.env.LABELLOOP_TEST_POSTGRES = server.url;
  process.env.LABELLOOP_TEST_POSTGRES_ADMIN = server.adminUrl;
}
