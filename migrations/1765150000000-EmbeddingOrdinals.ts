import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Embeddings are read in pages by ordinal, and single ones when a feature file is damaged. */
export class EmbeddingOrdinals1765150000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX embedding_ordinal ON embedding (dataset_id, backbone_id, ordinal)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX embedding_ordinal');
  }
}
