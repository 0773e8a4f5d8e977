import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Entries of the queue keep why they stand where they do. */
export class QueueReason1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE queue_entry ADD COLUMN reason text NOT NULL DEFAULT 'UNCERTAIN'
         CHECK (reason IN ('COVER', 'UNCERTAIN', 'RANDOM'))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE queue_entry DROP COLUMN reason');
  }
}
