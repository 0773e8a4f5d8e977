import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An import that ended its worker twice without progress has failed. */
export class ImportAttempts1765090000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE import ADD COLUMN attempts integer NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    // Earlier versions do not know that a person can cancel an import.
    await runner.query(`UPDATE import SET status = 'FAILED', failure = 'It was cancelled.'
      WHERE status = 'CANCELLED'`);
    await runner.query('ALTER TABLE import DROP COLUMN attempts');
  }
}
