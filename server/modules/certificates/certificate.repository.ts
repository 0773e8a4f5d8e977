import type { DataSource, EntityManager } from 'typeorm';

/**
 * Images that a certificate can accept: predicted, unlabelled, not rejected by anybody, and not
 * held out, because no task asks for those.
 */
const acceptable = `
  FROM prediction p JOIN image i ON i.id = p.image_id
  WHERE p.run_id = $1 AND i.consensus_class_id IS NULL AND NOT i.held_out
    AND NOT EXISTS (SELECT 1 FROM rejection r WHERE r.image_id = i.id AND r.class_id = p.class_id)`;

/** An image of an audit with its answer and consensus. */
export interface AuditedImage {
  imageId: string;
  predicted: string;
  /** The first blind answer in force in the audit lane. */
  labelId: string | null;
  /**
   * The class of the same person's first blind answer. If it was undone, the person may have seen the
   * prediction before the second one.
   */
  answer: string | null;
  consensus: string | null;
  waiting: boolean;
}

/** Reads and writes the images of certificates, in bulk. */
export class CertificateRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Returns the next number of an attempt, from 1 within a dataset. The caller holds the lock on
   * the dataset.
   */
  async nextNumber(manager: EntityManager, datasetId: string): Promise<number> {
    const [{ number }]: [{ number: number }] = await manager.query(
      'SELECT coalesce(max(number), 0) + 1 AS number FROM certificate WHERE dataset_id = $1',
      [datasetId],
    );
    return number;
  }

  async confidences(runId: string, without: readonly string[]): Promise<Float32Array> {
    const rows: { confidence: number }[] = await this.dataSource.query(
      `SELECT p.confidence ${acceptable} AND p.image_id <> ALL($2::uuid[])`,
      [runId, without],
    );
    return Float32Array.from(rows, ({ confidence }) => confidence);
  }

  /** Freezes the accepted images. @returns their confidences, and the number of candidates */
  async freeze(manager: EntityManager, certificateId: string, runId: string, threshold: number) {
    const [{ count }]: [{ count: number }] = await manager.query(
      `SELECT count(*)::int AS count ${acceptable}`,
      [runId],
    );
    const rows: { confidence: number }[] = await manager.query(
      `INSERT INTO certificate_image (certificate_id, image_id, class_id, confidence)
       SELECT $2, p.image_id, p.class_id, p.confidence ${acceptable} AND p.confidence >= $3::real
       RETURNING confidence`,
      [runId, certificateId, threshold],
    );
    return {
      confidences: Float32Array.from(rows, ({ confidence }) => confidence),
      remaining: count,
    };
  }

  /**
   * Draws the audit: the accepted images in the order of the SHA-256 of seed and image id.
   * Everybody can check this order, and nobody can predict it before the seed is drawn.
   */
  async drawSample(
    manager: EntityManager,
    certificateId: string,
    seed: string,
    count: number,
  ): Promise<void> {
    await manager.query(
      `UPDATE certificate_image SET audit_position = drawn.place
       FROM (SELECT image_id, row_number() OVER (
           ORDER BY sha256(convert_to($2 || image_id::text, 'UTF8')), image_id) AS place
         FROM certificate_image WHERE certificate_id = $1) drawn
       WHERE certificate_image.certificate_id = $1 AND certificate_image.image_id = drawn.image_id
         AND drawn.place <= $3`,
      [certificateId, seed, count],
    );
  }

  /** Reads the audit’s images in the order drawn. */
  audit(manager: EntityManager, certificateId: string): Promise<AuditedImage[]> {
    return manager.query(
      `SELECT c.image_id AS "imageId", c.class_id AS predicted, answer.id AS "labelId",
         answer.class_id AS answer, i.consensus_class_id AS consensus,
         EXISTS (SELECT 1 FROM lane_entry e WHERE e.image_id = c.image_id AND e.lane = 'AUDIT'
           AND e.answered_at IS NULL) AS waiting
       FROM certificate_image c JOIN image i ON i.id = c.image_id
       LEFT JOIN LATERAL (
         SELECT l.id,
           (SELECT first.class_id FROM label first
            WHERE first.image_id = l.image_id AND first.user_id = l.user_id
              AND first.lane = 'AUDIT' AND first.blind
            ORDER BY first.created_at, first.id LIMIT 1) AS class_id
         FROM label l
         WHERE l.image_id = c.image_id AND l.in_force AND l.lane = 'AUDIT' AND l.blind
         ORDER BY l.created_at, l.id LIMIT 1
       ) answer ON true
       WHERE c.certificate_id = $1 AND c.audit_position IS NOT NULL ORDER BY c.audit_position`,
      [certificateId],
    );
  }

  /** Stores the answers that the decision rests on. */
  async keepAnswers(
    manager: EntityManager,
    certificateId: string,
    images: readonly AuditedImage[],
  ): Promise<void> {
    await manager.query(
      `UPDATE certificate_image SET label_id = given.label_id, answer_class_id = given.class_id
       FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS given (image_id, label_id, class_id)
       WHERE certificate_id = $1 AND certificate_image.image_id = given.image_id`,
      [
        certificateId,
        images.map(({ imageId }) => imageId),
        images.map(({ labelId }) => labelId),
        images.map(({ answer, consensus }) => consensus ?? answer),
      ],
    );
  }

  /** Whether an answer that the decision rests on was undone or contradicted since. */
  async isAuditChanged(manager: EntityManager, certificateId: string): Promise<boolean> {
    const rows: unknown[] = await manager.query(
      `SELECT 1 FROM certificate_image c JOIN image i ON i.id = c.image_id JOIN label l ON l.id = c.label_id
       WHERE c.certificate_id = $1 AND c.label_id IS NOT NULL
         AND (NOT l.in_force OR i.consensus_class_id IS DISTINCT FROM c.answer_class_id) LIMIT 1`,
      [certificateId],
    );
    return rows.length > 0;
  }
}

/** Returns a digest of the unarchived classes and their names. */
export async function classDigestOf(manager: EntityManager, datasetId: string): Promise<string> {
  const [row]: { digest: string }[] = await manager.query(
    `SELECT encode(sha256(convert_to(coalesce(string_agg(id || ' ' || name, E'\\n' ORDER BY id), ''), 'UTF8')), 'hex')
       AS digest FROM class WHERE dataset_id = $1 AND archived_at IS NULL`,
    [datasetId],
  );
  return row?.digest ?? '';
}
