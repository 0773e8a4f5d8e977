import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Records that a run was not published because its model was far worse than the current one. */
export class RefusedRuns1765160000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE retrain_run ADD COLUMN refused boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE retrain_run DROP COLUMN refused');
  }
}
