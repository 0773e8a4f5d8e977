import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Records everything that the consensus of an image follows from, so that it can be derived again.
 * Labels are in `label_event`. What else settles an image is in `consensus_event`, with ids of the
 * same sequence, so that both are one history.
 */
export class ConsensusHistory1765140000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE consensus_event (
        id bigint PRIMARY KEY DEFAULT nextval('label_event_id_seq'),
        dataset_id uuid NOT NULL,
        image_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('gold', 'goldRemoved', 'weighed', 'adopted')),
        class_id uuid,
        -- of an adopted consensus
        decided_by uuid,
        is_gold boolean NOT NULL DEFAULT false,
        occurred_at timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      CREATE INDEX consensus_event_image ON consensus_event (image_id, id);
      CREATE TRIGGER consensus_event_append_only
        BEFORE UPDATE OR DELETE OR TRUNCATE ON consensus_event
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      -- earlier versions did not record corrections, gold images and the consensus of runs
      INSERT INTO consensus_event (dataset_id, image_id, kind, class_id, decided_by, is_gold)
        SELECT dataset_id, id, 'adopted', consensus_class_id, decided_by, is_gold FROM image
        WHERE consensus_class_id IS NOT NULL OR is_gold;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE consensus_event');
  }
}
