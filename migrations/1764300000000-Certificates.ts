import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Certified auto-accept: what was promised, about which images, and on what evidence. */
export class Certificates1764300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE dataset
        ADD COLUMN certificate_epsilon double precision NOT NULL DEFAULT 0.01,
        ADD COLUMN certificate_alpha double precision NOT NULL DEFAULT 0.05;

      -- the random sample of a run, predicted out of fold
      CREATE TABLE run_sample (
        run_id uuid PRIMARY KEY REFERENCES retrain_run ON DELETE CASCADE,
        confidences real[] NOT NULL,
        rights boolean[] NOT NULL
      );

      CREATE TABLE certificate (
        id uuid PRIMARY KEY,
        dataset_id uuid NOT NULL REFERENCES dataset ON DELETE CASCADE,
        run_id uuid NOT NULL REFERENCES retrain_run,
        user_id uuid NOT NULL REFERENCES user_account,
        number integer NOT NULL,
        status text NOT NULL,
        epsilon double precision NOT NULL,
        alpha double precision NOT NULL,
        -- the part of alpha that this attempt may use, and whether it did: somebody answered
        attempt_alpha double precision NOT NULL,
        spent boolean NOT NULL DEFAULT false,
        threshold double precision NOT NULL,
        population integer NOT NULL,
        -- unlabelled images with a prediction when it began
        remaining integer NOT NULL,
        tolerated integer NOT NULL,
        stages jsonb NOT NULL,
        chance double precision NOT NULL,
        expected_audits double precision NOT NULL,
        seed text NOT NULL,
        audited integer NOT NULL DEFAULT 0,
        wrong integer NOT NULL DEFAULT 0,
        needed integer NOT NULL,
        -- what the promise stands on: it is void when either changes
        next_ordinal integer NOT NULL,
        class_digest text NOT NULL,
        started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        -- issued or refused
        decided_at timestamptz,
        issued_at timestamptz,
        ended_at timestamptz,
        void_reason text,
        UNIQUE (dataset_id, number)
      );
      CREATE UNIQUE INDEX certificate_auditing ON certificate (dataset_id) WHERE status = 'AUDITING';

      -- the accepted images with the class that was frozen; runs come and go, these stay
      CREATE TABLE certificate_image (
        certificate_id uuid NOT NULL REFERENCES certificate ON DELETE CASCADE,
        image_id uuid NOT NULL REFERENCES image ON DELETE CASCADE,
        class_id uuid NOT NULL REFERENCES class,
        confidence real NOT NULL,
        -- place in the audit, from 1; null for images that are not in its sample
        audit_position integer,
        -- the answer that the verdict rests on
        label_id uuid,
        answer_class_id uuid,
        PRIMARY KEY (certificate_id, image_id)
      );
      CREATE UNIQUE INDEX certificate_image_audit ON certificate_image (certificate_id, audit_position)
        WHERE audit_position IS NOT NULL;

      ALTER TABLE export ADD COLUMN certificate_id uuid REFERENCES certificate ON DELETE SET NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE export DROP COLUMN certificate_id;
      DROP TABLE certificate_image;
      DROP TABLE certificate;
      DROP TABLE run_sample;
      ALTER TABLE dataset DROP COLUMN certificate_epsilon, DROP COLUMN certificate_alpha;
    `);
  }
}
