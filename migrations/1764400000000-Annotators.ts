import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Several answers per image, gold images, and tasks without a prediction. */
export class Annotators1764400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE dataset
        ADD COLUMN overlap_mode text NOT NULL DEFAULT 'NONE',
        -- answers that an image of the share gets
        ADD COLUMN overlap smallint NOT NULL DEFAULT 2,
        ADD COLUMN overlap_share real NOT NULL DEFAULT 0.1,
        -- share of tasks without a prediction
        ADD COLUMN blind_share real NOT NULL DEFAULT 0;
      ALTER TABLE image
        ADD COLUMN consensus_quality real,
        -- the label by which a person settled it for good
        ADD COLUMN decided_by uuid;
      -- a claim on an image that somebody else answered already
      ALTER TABLE lease ADD COLUMN again boolean NOT NULL DEFAULT false;

      -- images that want a further answer, the least settled first
      CREATE TABLE second_opinion (
        image_id uuid PRIMARY KEY REFERENCES image ON DELETE CASCADE,
        dataset_id uuid NOT NULL REFERENCES dataset ON DELETE CASCADE,
        -- answers of different people, those that are there included
        wanted smallint NOT NULL,
        score real NOT NULL
      );
      CREATE INDEX second_opinion_order ON second_opinion (dataset_id, score);

      -- images whose right class is known: people are measured on them
      CREATE TABLE gold (
        image_id uuid PRIMARY KEY REFERENCES image ON DELETE CASCADE,
        dataset_id uuid NOT NULL REFERENCES dataset ON DELETE CASCADE,
        class_id uuid NOT NULL REFERENCES class ON DELETE CASCADE,
        user_id uuid NOT NULL REFERENCES user_account ON DELETE CASCADE,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX gold_dataset ON gold (dataset_id, created_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE gold;
      DROP TABLE second_opinion;
      ALTER TABLE lease DROP COLUMN again;
      ALTER TABLE image DROP COLUMN consensus_quality, DROP COLUMN decided_by;
      ALTER TABLE dataset DROP COLUMN overlap_mode, DROP COLUMN overlap,
        DROP COLUMN overlap_share, DROP COLUMN blind_share;
    `);
  }
}
