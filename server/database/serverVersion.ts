import type { QueryRunner } from 'typeorm';

/** Major versions of PostgreSQL that Labelloop runs on. */
const oldest = 14;
const newest = 18;

/** @throws Error with a sentence for the operator */
export function requireSupported(versionNumber: number): void {
  const major = Math.floor(versionNumber / 10_000);
  if (major >= oldest && major <= newest) return;
  throw new Error(
    `The database is PostgreSQL ${major}, but Labelloop runs on ${oldest} to ${newest}. ` +
      'Set DATABASE_URL to a server of one of these versions.',
  );
}

/** @throws Error for a version that is not supported */
export async function requireSupportedVersion(runner: QueryRunner): Promise<void> {
  const rows = (await runner.query(
    `SELECT current_setting('server_version_num')::int AS version`,
  )) as { version: number }[];
  requireSupported(rows[0]?.version ?? 0);
}
