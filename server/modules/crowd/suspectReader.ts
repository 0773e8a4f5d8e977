import type { DataSource } from 'typeorm';
import { findConflictingNearDuplicates, findLabelErrors } from '../../../models/metrics';
import { softmaxRows } from '../../../models/training';
import { Lane, ReviewReason } from '../../../shared/enums';
import { doubtfulConsensus } from '../../../shared/limits';
import type { Dataset } from '../datasets/dataset.ports';
import type { FeatureMatrix } from '../embeddings/embedding.ports';
import type { LaneService } from '../tasks/lane.service';
import type { OutOfFold, PublishStep } from '../training/run.ports';
import type { Settled } from './consensusReader';

/** Why an image needs review, as stored in the lane entry. */
export interface Suspicion {
  kind: ReviewReason;
  givenClassId: string;
  suggestedClassId: string | null;
  /**
   * 0 to 1: probability that the label is wrong (LABEL_ERROR), similarity (NEAR_DUPLICATE), or
   * doubt (DISAGREEMENT).
   */
  score: number;
  /** The near-duplicate. */
  otherImageId?: string;
}

interface ImageRow {
  id: string;
  ordinal: number;
  /** Whether somebody has reviewed it and no other answer came since. */
  reviewed: boolean;
  changed: boolean;
  divided: boolean;
}

/** The consensus of this run, by image id. */
type Consensus = ReadonlyMap<string, Settled>;

/** Puts a run's suspects into the review lane. It never changes a label. */
export class SuspectReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly lanes: LaneService,
  ) {}

  async read(
    { dataset, matrix }: { dataset: Dataset; matrix: FeatureMatrix },
    outOfFold: OutOfFold,
    consensus: Consensus,
  ): Promise<PublishStep> {
    const images = await this.images(dataset.id);
    const suspicions = new Map<string, Suspicion>();
    const add = (image: ImageRow | undefined, suspicion: Suspicion) => {
      if (!image || image.reviewed || suspicions.has(image.id)) return;
      // A class that this run replaces is no longer in doubt.
      const agreed = consensus.get(image.id)?.classId ?? suspicion.givenClassId;
      if (agreed === suspicion.givenClassId) suspicions.set(image.id, suspicion);
    };
    for (const [ordinal, suspicion] of labelErrors(outOfFold)) add(images.get(ordinal), suspicion);
    for (const [ordinal, suspicion] of disagreements(outOfFold, images, consensus))
      add(images.get(ordinal), suspicion);
    for (const [ordinal, suspicion] of await nearDuplicates(outOfFold, images, matrix))
      add(images.get(ordinal), suspicion);
    return async (manager) => {
      const waiting: { image_id: string }[] = await manager.query(
        `SELECT entry.image_id FROM lane_entry entry JOIN image ON image.id = entry.image_id
         LEFT JOIN image other ON other.id = (entry.reason->>'otherImageId')::uuid
         WHERE entry.dataset_id = $1 AND entry.lane = 'REVIEW' AND entry.answered_at IS NULL
           -- near-duplicates are compared when one of them changes, and wait until they agree
           AND NOT (entry.reason->>'kind' = 'NEAR_DUPLICATE'
             AND other.consensus_class_id IS DISTINCT FROM image.consensus_class_id)`,
        [dataset.id],
      );
      const gone = waiting.map(({ image_id: id }) => id).filter((id) => !suspicions.has(id));
      await this.lanes.withdraw(manager, dataset.id, Lane.REVIEW, gone);
      await this.lanes.put(
        manager,
        dataset.id,
        Lane.REVIEW,
        [...suspicions].map(([imageId, reason]) => ({ imageId, reason: { ...reason } })),
      );
    };
  }

  /** Reads labelled images by ordinal. */
  private async images(datasetId: string): Promise<Map<number, ImageRow>> {
    const rows: ImageRow[] = await this.dataSource.query(
      `SELECT image.id, image.ordinal,
         gold.image_id IS NOT NULL OR image.decided_by IS NOT NULL
           OR EXISTS (SELECT 1 FROM lane_entry entry WHERE entry.image_id = image.id AND entry.lane = 'REVIEW'
             AND entry.answered_at >= image.consensus_at) AS reviewed,
         image.consensus_at > coalesce((SELECT run.started_at FROM dataset
           JOIN retrain_run run ON run.id = dataset.current_run_id WHERE dataset.id = $1), '-infinity') AS changed,
         (SELECT count(DISTINCT class_id) FROM label WHERE label.image_id = image.id AND in_force AND NOT extra) > 1
           AS divided
       FROM image LEFT JOIN gold ON gold.image_id = image.id
       WHERE image.dataset_id = $1 AND image.consensus_class_id IS NOT NULL`,
      [datasetId],
    );
    return new Map(rows.map((row) => [row.ordinal, row]));
  }
}

type RankedSuspicion = [ordinal: number, suspicion: Suspicion][];

function labelErrors({ ordinals, classIds, labels, known, logits }: OutOfFold): RankedSuspicion {
  const classes = classIds.length;
  const probabilities = softmaxRows(logits, classes);
  const { suspects } = findLabelErrors({ probabilities, labels, known, classes });
  return suspects.map(({ row, given, suggested, score }) => [
    ordinals[row]!,
    {
      kind: ReviewReason.LABEL_ERROR,
      givenClassId: classIds[given]!,
      suggestedClassId: classIds[suggested]!,
      score,
    },
  ]);
}

/** Finds images with different answers that neither people nor model decide. */
function disagreements(
  { ordinals, classIds, labels }: OutOfFold,
  images: ReadonlyMap<number, ImageRow>,
  consensus: Consensus,
): RankedSuspicion {
  return Array.from(ordinals).flatMap((ordinal, row): RankedSuspicion => {
    const image = images.get(ordinal);
    const settled = image?.divided ? consensus.get(image.id) : undefined;
    if (!settled || settled.quality >= doubtfulConsensus) return [];
    const kind = ReviewReason.DISAGREEMENT;
    const givenClassId = settled.classId ?? classIds[labels[row]!]!;
    return [[ordinal, { kind, givenClassId, suggestedClassId: null, score: 1 - settled.quality }]];
  });
}

async function nearDuplicates(
  outOfFold: OutOfFold,
  images: ReadonlyMap<number, ImageRow>,
  matrix: FeatureMatrix,
): Promise<RankedSuspicion> {
  const { ordinals, labels, classIds } = outOfFold;
  const changed = Int32Array.from(ordinals.keys()).filter(
    (row) => images.get(ordinals[row]!)?.changed,
  );
  if (changed.length === 0) return [];
  const features = await matrix.rows(ordinals);
  const rows = ordinals.length;
  const { dimensions } = matrix;
  const found = findConflictingNearDuplicates({ features, rows, dimensions, labels, changed });
  const suspect = (row: number, other: number, score: number): RankedSuspicion[number] => [
    ordinals[row]!,
    {
      kind: ReviewReason.NEAR_DUPLICATE,
      givenClassId: classIds[labels[row]!]!,
      suggestedClassId: classIds[labels[other]!]!,
      score,
      otherImageId: images.get(ordinals[other]!)?.id ?? '',
    },
  ];
  // One of the two is enough: the one whose label has the lower out-of-fold probability. The page
  // shows the other beside it.
  return found.map(({ a, b, cosine }) =>
    belief(outOfFold, a) <= belief(outOfFold, b) ? suspect(a, b, cosine) : suspect(b, a, cosine),
  );
}

/** Returns the out-of-fold probability of the row's label. */
const belief = ({ probabilities, labels, classIds }: OutOfFold, row: number): number =>
  probabilities[row * classIds.length + labels[row]!]!;
