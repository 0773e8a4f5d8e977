import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A run fits one head. Out-of-fold heads measure it. */
export class OneHead1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE model DROP COLUMN measured_weights, DROP COLUMN measured_bias');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE model ADD COLUMN measured_weights bytea, ADD COLUMN measured_bias bytea;
      UPDATE model SET measured_weights = weights, measured_bias = bias;
      ALTER TABLE model ALTER COLUMN measured_weights SET NOT NULL, ALTER COLUMN measured_bias SET NOT NULL;
    `);
  }
}
