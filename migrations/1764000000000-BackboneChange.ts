import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A dataset's backbone can be changed: the next one is prepared while the present one serves. */
export class BackboneChange1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE dataset
        -- embedded in the background, then switched to by a run
        ADD COLUMN next_backbone_id text,
        -- the run that was started for the change, once
        ADD COLUMN next_backbone_run_id uuid,
        -- images per second of the worker that reported last
        ADD COLUMN next_backbone_rate real;
      -- what the run is fitted on; known from when it is queued
      ALTER TABLE retrain_run ADD COLUMN backbone_id text;
      UPDATE retrain_run SET backbone_id = coalesce(
        (SELECT backbone_id FROM model WHERE run_id = retrain_run.id),
        (SELECT backbone_id FROM dataset WHERE id = retrain_run.dataset_id));
      ALTER TABLE worker ADD COLUMN backbone_ids text[] NOT NULL DEFAULT '{}';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM embedding_pending USING dataset
        WHERE dataset.id = dataset_id AND embedding_pending.backbone_id = dataset.next_backbone_id;
      ALTER TABLE worker DROP COLUMN backbone_ids;
      ALTER TABLE retrain_run DROP COLUMN backbone_id;
      ALTER TABLE dataset
        DROP COLUMN next_backbone_rate, DROP COLUMN next_backbone_run_id, DROP COLUMN next_backbone_id;
    `);
  }
}
