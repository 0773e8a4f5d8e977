import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What keeps one person from using up everything: counters, and indexes for what is counted. */
export class FairUse1765080000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- the counters of rate-limiter-flexible; after a crash they start from zero
      CREATE UNLOGGED TABLE rate_counter (
        key varchar(255) PRIMARY KEY,
        points integer NOT NULL DEFAULT 0,
        expire bigint
      );

      -- a lease cannot be extended for ever
      ALTER TABLE lease ADD COLUMN taken_at timestamptz NOT NULL DEFAULT clock_timestamp();

      -- who may cancel the change
      ALTER TABLE dataset ADD COLUMN next_backbone_by uuid;

      CREATE INDEX session_user_account ON session (user_id, created_at);
      CREATE INDEX upload_ticket_open ON upload_ticket (user_id) WHERE completed_at IS NULL;
      CREATE INDEX retrain_run_queued ON retrain_run (queued_at) WHERE status = 'QUEUED';
      CREATE INDEX retrain_run_started ON retrain_run (started_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX retrain_run_started;
      DROP INDEX retrain_run_queued;
      DROP INDEX upload_ticket_open;
      DROP INDEX session_user_account;
      ALTER TABLE dataset DROP COLUMN next_backbone_by;
      ALTER TABLE lease DROP COLUMN taken_at;
      DROP TABLE rate_counter;
    `);
  }
}
