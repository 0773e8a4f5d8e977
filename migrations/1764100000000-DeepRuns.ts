import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Runs that train a network, what they were asked and how they went, and the networks they leave. */
export class DeepRuns1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE retrain_run
        -- how a network is to be trained; null for a head
        ADD COLUMN options jsonb,
        -- epochs, pace and what the network itself reached; null for a head
        ADD COLUMN training jsonb,
        -- what computes, in words for people
        ADD COLUMN engine text,
        -- what it is at, in words for people
        ADD COLUMN note text;
      -- a network may take hours: meanwhile heads are fitted, one at a time as before
      DROP INDEX retrain_run_active;
      CREATE UNIQUE INDEX retrain_run_active ON retrain_run (dataset_id, (recipe = 'HEAD'))
        WHERE status IN ('QUEUED', 'RUNNING');

      CREATE TABLE trained_backbone (
        id text PRIMARY KEY,
        dataset_id uuid NOT NULL REFERENCES dataset ON DELETE CASCADE,
        run_id uuid NOT NULL UNIQUE REFERENCES retrain_run ON DELETE CASCADE,
        name text NOT NULL,
        -- of the file in the image store
        sha256 text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX trained_backbone_dataset ON trained_backbone (dataset_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE retrain_run SET status = 'CANCELLED', finished_at = now()
        WHERE recipe <> 'HEAD' AND status IN ('QUEUED', 'RUNNING');
      DROP TABLE trained_backbone;
      DROP INDEX retrain_run_active;
      CREATE UNIQUE INDEX retrain_run_active ON retrain_run (dataset_id)
        WHERE status IN ('QUEUED', 'RUNNING');
      ALTER TABLE retrain_run
        DROP COLUMN note, DROP COLUMN engine, DROP COLUMN training, DROP COLUMN options;
    `);
  }
}
