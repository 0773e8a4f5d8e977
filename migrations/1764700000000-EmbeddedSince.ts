import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Labels whose images were not embedded when a run read them count towards the next one. */
export class EmbeddedSince1764700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // the last run lacks embeddings that this does not see
    await runner.query('ALTER TABLE dataset ADD COLUMN snapshot_seen pg_snapshot');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE dataset DROP COLUMN snapshot_seen');
  }
}
