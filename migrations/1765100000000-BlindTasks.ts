import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What tasks hide from their holders is found by person. Images know whether they are gold. */
export class BlindTasks1765100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- leases whose holder answers independently of others
      CREATE INDEX lease_hides ON lease (user_id) WHERE lane IN ('HARD', 'AUDIT');
      -- kept beside the table gold, so that no list has to join it
      ALTER TABLE image ADD COLUMN is_gold boolean NOT NULL DEFAULT false;
      UPDATE image SET is_gold = true FROM gold WHERE gold.image_id = image.id;
      CREATE INDEX image_gold ON image (dataset_id) WHERE is_gold;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX image_gold;
      ALTER TABLE image DROP COLUMN is_gold;
      DROP INDEX lease_hides;
    `);
  }
}
