import type { MigrationInterface, QueryRunner } from 'typeorm';

/** "Not this class": what people said of predictions in the confirm lane without naming another class. */
export class Rejection1764160000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE rejection (
        image_id uuid NOT NULL REFERENCES image ON DELETE CASCADE,
        class_id uuid NOT NULL REFERENCES class ON DELETE CASCADE,
        user_id uuid NOT NULL REFERENCES user_account ON DELETE CASCADE,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (image_id, class_id)
      );
      -- the predicted class that a lease of the lane confirm asks about
      ALTER TABLE lease ADD COLUMN class_id uuid;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE lease DROP COLUMN class_id;
      DROP TABLE rejection;
    `);
  }
}
