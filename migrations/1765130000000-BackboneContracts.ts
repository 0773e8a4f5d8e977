import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Records the contract of a trained network beside its name, so that it can be listed without its
 * file. Networks of older versions get theirs when the server starts.
 */
export class BackboneContracts1765130000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE trained_backbone ADD COLUMN bytes integer, ADD COLUMN contract jsonb',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE trained_backbone DROP COLUMN bytes, DROP COLUMN contract');
  }
}
