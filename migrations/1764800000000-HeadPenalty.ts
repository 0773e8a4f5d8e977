import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The penalty of a dataset's heads is chosen by cross-validation after a run, for those to come. */
export class HeadPenalty1764800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // { backboneId, l2, labels }; null until the first choice
    await runner.query('ALTER TABLE dataset ADD COLUMN head_penalty jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE dataset DROP COLUMN head_penalty');
  }
}
