import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the active loop stands on: lanes beside the queue, and a report of each run. */
export class Loop1764150000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- images that are to be looked at for a reason of their own: lanes audit and review
      CREATE TABLE lane_entry (
        dataset_id uuid NOT NULL REFERENCES dataset ON DELETE CASCADE,
        lane text NOT NULL,
        image_id uuid NOT NULL REFERENCES image ON DELETE CASCADE,
        position integer NOT NULL,
        -- why it stands there
        reason jsonb NOT NULL,
        -- the label that settled it
        label_id uuid,
        answered_at timestamptz,
        PRIMARY KEY (image_id, lane)
      );
      CREATE INDEX lane_entry_waiting ON lane_entry (dataset_id, lane, position)
        WHERE answered_at IS NULL;

      ALTER TABLE lease ADD COLUMN blind boolean NOT NULL DEFAULT false;
      ALTER TABLE label
        -- the lane whose lease was live when the person answered
        ADD COLUMN lane text,
        -- whether the person answered without seeing a prediction
        ADD COLUMN blind boolean NOT NULL DEFAULT false;

      -- what the weights were divided by, so that confidences are as often right as they say
      ALTER TABLE model ADD COLUMN temperature real NOT NULL DEFAULT 1;
      -- of out-of-fold predictions
      CREATE TABLE run_report (
        run_id uuid PRIMARY KEY REFERENCES retrain_run ON DELETE CASCADE,
        calibration jsonb NOT NULL,
        confusion jsonb NOT NULL
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE run_report;
      ALTER TABLE model DROP COLUMN temperature;
      ALTER TABLE label DROP COLUMN lane, DROP COLUMN blind;
      ALTER TABLE lease DROP COLUMN blind;
      DROP TABLE lane_entry;
    `);
  }
}
