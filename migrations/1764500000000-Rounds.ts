import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Round to round: earlier runs brought back, and the accuracy that is aimed at. */
export class Rounds1764500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- published runs whose predictions are being computed again
      CREATE TABLE run_restoration (
        run_id uuid PRIMARY KEY REFERENCES retrain_run ON DELETE CASCADE,
        dataset_id uuid NOT NULL REFERENCES dataset ON DELETE CASCADE,
        make_current boolean NOT NULL,
        -- the current run when it was asked for: one that was published since stays
        from_run_id uuid,
        asked_by uuid NOT NULL REFERENCES user_account,
        fraction real NOT NULL DEFAULT 0,
        failure text,
        asked_at timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      -- predictions brought back are kept as long as those of a run published then
      ALTER TABLE retrain_run ADD COLUMN predictions_restored_at timestamptz;
      ALTER TABLE dataset ADD COLUMN target_accuracy real NOT NULL DEFAULT 0.95
        CHECK (target_accuracy > 0 AND target_accuracy < 1);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE dataset DROP COLUMN target_accuracy;
      ALTER TABLE retrain_run DROP COLUMN predictions_restored_at;
      DROP TABLE run_restoration;
    `);
  }
}
