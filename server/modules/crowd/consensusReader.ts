import type { DataSource, EntityManager } from 'typeorm';
import {
  activeLabScores,
  secondOpinions,
  type Answers,
  crowdlab,
  type CrowdConsensus,
} from '../../../models/consensus';
import { limits } from '../../../shared/limits';
import { OverlapMode } from '../../../shared/enums';
import type { Dataset } from '../datasets/dataset.ports';
import type { SettledByOthers } from '../labels/label.ports';
import type { OutOfFold, PublishStep } from '../training/run.ports';
import { readAnswers, toAnswers, type AnswerRow } from './answerRows';
import type { SecondOpinions, WantedOpinion } from './secondOpinions';

/** The consensus of one image by a run. */
export interface Settled {
  imageId: string;
  version: number;
  /** Undefined if a single answer or a person decides. */
  classId: string | undefined;
  /** 0 to 1: how well people and model support the consensus. */
  quality: number;
}

export interface RunConsensus {
  /** By image id. Empty if no image has several answers or needs more. */
  settled: ReadonlyMap<string, Settled>;
  save: PublishStep;
}

interface Crowd {
  outOfFold: OutOfFold;
  answers: Answers;
  counts: Int32Array;
  /** By row of the out-of-fold predictions. */
  images: Map<number, AnswerRow>;
  found: CrowdConsensus;
}

const defaultBatch = 100;

/** Computes the consensus of people and model for a run, and which images need a further answer. */
export class ConsensusReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly opinions: SecondOpinions,
    private readonly history: SettledByOthers,
  ) {}

  async read({ dataset }: { dataset: Dataset }, outOfFold: OutOfFold): Promise<RunConsensus> {
    const crowd = await this.weigh(dataset, outOfFold);
    if (!crowd) return { settled: new Map(), save: () => Promise.resolve() };
    const settled = settledOf(crowd);
    const again =
      dataset.overlapMode === OverlapMode.AUTOMATIC
        ? await this.askAgain(dataset, crowd)
        : undefined;
    return {
      settled: new Map(settled.map((one) => [one.imageId, one])),
      save: async (manager) => {
        const changed = await save(manager, settled);
        await this.history.add(manager, changed);
        if (again) await this.opinions.replace(manager, dataset.id, again);
      },
    };
  }

  /** Empty if every image has one answer and needs no more. */
  private async weigh(dataset: Dataset, outOfFold: OutOfFold): Promise<Crowd | undefined> {
    const { ordinals, classIds, probabilities } = outOfFold;
    const rowOf = new Map(Array.from(ordinals, (ordinal, row) => [ordinal, row]));
    const columnOf = new Map(classIds.map((id, column) => [id, column]));
    const rows = (await readAnswers(this.dataSource, dataset.id)).filter(
      ({ ordinal, class_id: id }) => rowOf.has(ordinal) && columnOf.has(id),
    );
    const size = { rows: ordinals.length, classes: classIds.length };
    const { answers } = toAnswers(
      rows,
      ({ ordinal }) => rowOf.get(ordinal) ?? 0,
      (id) => columnOf.get(id) ?? 0,
      size,
    );
    const counts = new Int32Array(size.rows);
    for (const row of answers.row) counts[row]!++;
    const isShared = counts.some((count) => count > 1);
    if (rows.length === 0 || (!isShared && dataset.overlapMode === OverlapMode.NONE))
      return undefined;
    const images = new Map(rows.map((row) => [rowOf.get(row.ordinal) ?? 0, row]));
    return { outOfFold, answers, counts, images, found: crowdlab(answers, probabilities) };
  }

  /** Chooses the labelled images that need a further answer before the next run (ActiveLab). */
  private async askAgain(dataset: Dataset, crowd: Crowd): Promise<WantedOpinion[]> {
    const { outOfFold, answers, counts, images, found } = crowd;
    const batch = dataset.autoRetrainAfter || defaultBatch;
    const { probabilities } = outOfFold;
    const labelled = activeLabScores({ answers, probabilities, ...found });
    const fresh = await this.newImages(dataset, found, outOfFold.classIds.length, batch);
    const scores = Float32Array.from([...labelled, ...fresh]);
    const candidates = Int32Array.from(scores.keys()).filter((row) => {
      const image = images.get(row);
      if (row >= labelled.length) return true;
      return image !== undefined && !image.settled && counts[row]! < limits.maxOverlap;
    });
    const padded = new Int32Array(scores.length);
    padded.set(counts);
    const chosen = secondOpinions({ scores, counts: padded, candidates, batch });
    return Array.from(chosen, (row) => ({
      imageId: images.get(row)!.image_id,
      wanted: counts[row]! + 1,
      score: scores[row]!,
    }));
  }

  /** Returns ActiveLab's scores of the least confident unlabelled images, by the current model. */
  private async newImages(
    dataset: Dataset,
    { weights }: CrowdConsensus,
    classes: number,
    batch: number,
  ): Promise<number[]> {
    const rows: { confidence: number }[] = await this.dataSource.query(
      `SELECT prediction.confidence FROM dataset
       JOIN prediction ON prediction.run_id = dataset.current_run_id
       JOIN image ON image.id = prediction.image_id
       WHERE dataset.id = $1 AND image.consensus_class_id IS NULL AND NOT image.held_out
       ORDER BY prediction.confidence LIMIT $2`,
      [dataset.id, batch],
    );
    const { model, meanAnnotator } = weights;
    const total = Math.max(1e-9, model + meanAnnotator);
    return rows.map(({ confidence }) => (model * confidence + meanAnnotator / classes) / total);
  }
}

function settledOf({ outOfFold, counts, images, found }: Crowd): Settled[] {
  return Array.from(images, ([row, image]) => ({
    imageId: image.image_id,
    version: image.version,
    classId:
      counts[row]! > 1 && !image.settled ? outOfFold.classIds[found.consensus[row]!] : undefined,
    quality: found.quality[row]!,
  }));
}

/**
 * Leaves an image unchanged if somebody answered it meanwhile. The next run uses that answer.
 *
 * @returns the images whose class changed
 */
async function save(manager: EntityManager, settled: readonly Settled[]) {
  const saved: SavedRow[] = await manager.query(
    `WITH saved AS (UPDATE image SET consensus_quality = found.quality,
       consensus_class_id = coalesce(found.class_id, image.consensus_class_id),
       version = image.version + CASE WHEN found.class_id IS DISTINCT FROM image.consensus_class_id
         AND found.class_id IS NOT NULL THEN 1 ELSE 0 END,
       consensus_at = CASE WHEN found.class_id IS DISTINCT FROM image.consensus_class_id
         AND found.class_id IS NOT NULL THEN clock_timestamp() ELSE image.consensus_at END
     FROM unnest($1::uuid[], $2::integer[], $3::uuid[], $4::real[]) AS found (id, version, class_id, quality)
     WHERE image.id = found.id AND image.version = found.version AND image.consensus_class_id IS NOT NULL
       AND (found.class_id IS NULL OR NOT image.is_gold)
       AND (abs(coalesce(image.consensus_quality, -1) - found.quality) > 0.005
         OR (found.class_id IS NOT NULL AND found.class_id <> image.consensus_class_id))
     RETURNING image.id, image.dataset_id, found.class_id, image.version <> found.version AS changed)
     SELECT id, dataset_id AS "datasetId", class_id AS "classId" FROM saved WHERE changed`,
    [
      settled.map(({ imageId }) => imageId),
      settled.map(({ version }) => version),
      settled.map(({ classId }) => classId ?? null),
      settled.map(({ quality }) => quality),
    ],
  );
  return saved.map(({ id, datasetId, classId }) => ({
    image: { id, datasetId },
    event: { kind: 'weighed', classId } as const,
  }));
}

interface SavedRow {
  id: string;
  datasetId: string;
  classId: string;
}
