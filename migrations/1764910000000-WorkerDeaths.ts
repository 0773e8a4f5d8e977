import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which worker has which job in hand, and how often a job's worker died with it. */
export class WorkerDeaths1764910000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- a row of a worker that is not alive any more is a death
      CREATE TABLE work_in_hand (
        kind text NOT NULL,
        key text NOT NULL,
        worker_id uuid NOT NULL,
        PRIMARY KEY (kind, key, worker_id)
      );
      CREATE TABLE worker_death (
        kind text NOT NULL,
        key text NOT NULL,
        deaths integer NOT NULL,
        last_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (kind, key)
      );
      -- an image whose worker died is embedded alone
      ALTER TABLE embedding_pending ADD COLUMN deaths smallint NOT NULL DEFAULT 0;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE work_in_hand, worker_death;
      ALTER TABLE embedding_pending DROP COLUMN deaths;
    `);
  }
}
