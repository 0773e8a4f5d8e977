import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A repeated mutation gets the first answer, also if that was an error. */
export class StoredOutcomes1765120000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE client_mutation ADD COLUMN error jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM client_mutation WHERE error IS NOT NULL;
      ALTER TABLE client_mutation DROP COLUMN error;
    `);
  }
}
