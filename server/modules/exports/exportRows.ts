import type { LabelOrigin, Split } from '../../../shared/enums';

export interface ExportRow {
  ordinal: number;
  id: string;
  file_name: string;
  sha256: Buffer;
  media_type: string;
  split: Split | null;
  held_out: boolean;
  class_id: string;
  /** Null for a prediction. */
  origin: LabelOrigin | null;
  decided_at: Date | null;
  who: string | null;
  confidence: number | null;
}

/**
 * The source of the classes of unlabelled images: a run, or the frozen classes of a certificate.
 */
export type ClassSource = 'run' | 'certificate';
const sources = {
  run: 'prediction p ON p.run_id',
  certificate: 'certificate_image p ON p.certificate_id',
};

/** $1 dataset, $2 the source's id or null, $3 minimum confidence or null for labels only. */
const wantedFrom = (source: ClassSource) => `
  FROM image i
  LEFT JOIN ${sources[source]} = $2 AND p.image_id = i.id
    AND i.consensus_class_id IS NULL AND p.confidence >= $3::real
  WHERE i.dataset_id = $1 AND (i.consensus_class_id IS NOT NULL OR p.image_id IS NOT NULL)`;

export const exportCountSql = (source: ClassSource) =>
  `SELECT count(*)::int AS count ${wantedFrom(source)}`;

/**
 * $4 ordinal to continue after, $5 page size. The person is that of the newest label in force for
 * the consensus. The confidence is that of the prediction. For a label it is the model's confidence
 * in this class when the person answered, if the model predicted this class.
 */
export const exportPageSql = (source: ClassSource) => `
  SELECT page.ordinal, page.id, page.file_name, page.sha256, page.media_type, page.split, page.held_out,
    page.class_id, page.origin, page.decided_at, person.name AS who, coalesce(page.confidence, said.confidence) AS confidence
  FROM (
    SELECT i.ordinal, i.id, i.file_name, i.sha256, i.media_type, i.split, i.held_out,
      coalesce(i.consensus_class_id, p.class_id) AS class_id, i.consensus_origin AS origin,
      i.consensus_at AS decided_at, p.confidence
    ${wantedFrom(source)} AND i.ordinal > $4
    ORDER BY i.ordinal LIMIT $5
  ) page
  LEFT JOIN LATERAL (
    SELECT l.id, l.user_id FROM label l
    WHERE l.image_id = page.id AND l.in_force AND l.class_id = page.class_id AND page.origin IS NOT NULL
    ORDER BY l.created_at DESC, l.id DESC LIMIT 1
  ) newest ON true
  LEFT JOIN user_account person ON person.id = newest.user_id
  LEFT JOIN LATERAL (
    SELECT e.confidence FROM label_event e
    WHERE e.image_id = page.id AND e.label_id = newest.id AND e.kind = 'recorded' AND e.predicted_class_id = page.class_id
    LIMIT 1
  ) said ON true
  ORDER BY page.ordinal`;
