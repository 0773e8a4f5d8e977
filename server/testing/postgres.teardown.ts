import { rm } from 'node:fs/promises';

export default async function teardown(): Promise<void> {
  const postgres = globalThis.testPostgres;
  if (!postgres) return;
  await postgres.server.stop();
  await rm(postgres.folder, { recursive: true, force: true });
}
