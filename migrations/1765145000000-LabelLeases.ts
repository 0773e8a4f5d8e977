import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Records how an answer was given. It is a migration of its own, because it locks all labels for a
 * moment, and copying the consensus of every image takes longer.
 */
export class LabelLeases1765145000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE label
        -- whether the person saw the consensus and corrected it
        ADD COLUMN corrects boolean NOT NULL DEFAULT false,
        ADD COLUMN lease_token text;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE label DROP COLUMN corrects, DROP COLUMN lease_token');
  }
}
