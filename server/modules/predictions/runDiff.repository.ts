import type { DataSource } from 'typeorm';
import type { Hidden } from '../../domain/blind';
import { RunChangeKind } from '../../../shared/enums';
import { toPage, type Page, type PageRequest } from '../../domain/page';
import type { RetrainRun } from '../training/run.ports';
import type { RunChangeType, RunLabels, RunTransition } from './runDiff.type';

/** Two runs of one dataset, and what is hidden from the person who compares them. */
export interface RunPair {
  from: RetrainRun;
  to: RetrainRun;
  hidden: Hidden;
}

export interface DiffCounts {
  compared: number;
  changedClass: number;
  gained: number;
  lost: number;
  meanConfidenceChange: number | null;
}

export interface ChangeCriteria {
  kind: RunChangeKind;
  fromClassId: string | null;
  toClassId: string | null;
}

/** Smaller changes of confidence are not shown. */
const minChange = 0.01;

/** SQL: the later run's confidence in its class minus the earlier run's confidence in it. */
const change = `(t.confidence -
  coalesce(f.top_confidences[array_position(f.top_class_ids, t.class_id)], 0))::real`;
/** $3 are ids of images that are hidden from the viewer. */
const both = `prediction f JOIN prediction t ON t.image_id = f.image_id
  WHERE f.run_id = $1 AND t.run_id = $2 AND f.image_id <> ALL($3::uuid[])`;

const isKind: Record<RunChangeKind, string> = {
  [RunChangeKind.ALL]: `(f.class_id <> t.class_id OR abs(${change}) >= ${minChange})`,
  [RunChangeKind.CHANGED_CLASS]: 'f.class_id <> t.class_id',
  [RunChangeKind.GAINED]: `f.class_id = t.class_id AND ${change} >= ${minChange}`,
  [RunChangeKind.LOST]: `f.class_id = t.class_id AND ${change} <= -${minChange}`,
};

/** Compares the predictions of two runs image by image, in the database. */
export class RunDiffRepository {
  constructor(private readonly dataSource: DataSource) {}

  async counts({ from, to, hidden }: RunPair): Promise<DiffCounts> {
    const count = (kind: RunChangeKind) => `count(*) FILTER (WHERE ${isKind[kind]})::int`;
    const rows: DiffCounts[] = await this.dataSource.query(
      `SELECT count(*)::int AS compared,
         ${count(RunChangeKind.CHANGED_CLASS)} AS "changedClass",
         ${count(RunChangeKind.GAINED)} AS gained, ${count(RunChangeKind.LOST)} AS lost,
         avg(t.confidence::float8 - f.confidence) AS "meanConfidenceChange" FROM ${both}`,
      [from.id, to.id, [...hidden.predictions]],
    );
    return rows[0]!;
  }

  /** Largest change first. */
  async page(
    { from, to, hidden }: RunPair,
    { kind, fromClassId, toClassId }: ChangeCriteria,
    request: PageRequest,
  ): Promise<Page<RunChangeType>> {
    const rows: (RunChangeType & { size: string })[] = await this.dataSource.query(
      `SELECT f.image_id AS "imageId", f.class_id AS "fromClassId", t.class_id AS "toClassId",
         f.confidence AS "fromConfidence", t.confidence AS "toConfidence", ${change} AS change,
         abs(${change})::text AS size FROM ${both} AND ${isKind[kind]}
         AND ($4::uuid IS NULL OR f.class_id = $4) AND ($5::uuid IS NULL OR t.class_id = $5)
         AND ($6::real IS NULL OR (abs(${change}), f.image_id) < ($6::real, $7::uuid))
       ORDER BY abs(${change}) DESC, f.image_id DESC LIMIT $8`,
      [
        from.id,
        to.id,
        [...hidden.predictions],
        fromClassId,
        toClassId,
        request.after?.[0] ?? null,
        request.after?.[1] ?? null,
        request.first + 1,
      ],
    );
    return toPage(rows, request.first, ({ size, imageId }) => [size, imageId]);
  }

  /** Counts images per pair of classes, most first. */
  transitions({ from, to, hidden }: RunPair, first: number): Promise<RunTransition[]> {
    return this.dataSource.query(
      `SELECT f.class_id AS "fromClassId", t.class_id AS "toClassId", count(*)::int AS count
       FROM ${both} AND f.class_id <> t.class_id
       GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT $4`,
      [from.id, to.id, [...hidden.predictions], first],
    );
  }

  /**
   * Counts answers between the snapshots of the two runs, most first. Those before the earlier
   * snapshot are in both.
   */
  labels({ from, to, hidden }: RunPair): Promise<RunLabels[]> {
    return this.dataSource.query(
      `WITH became AS (SELECT t.class_id, count(*)::int AS count
         FROM ${both} AND f.class_id <> t.class_id GROUP BY 1),
       bounds AS (SELECT min(snapshot_event_id) AS low, max(snapshot_event_id) AS high
         FROM retrain_run WHERE id IN ($1, $2))
       SELECT user_id AS "userId", event.class_id AS "classId",
         (count(*) FILTER (WHERE kind = 'recorded'))::int AS given,
         (count(*) FILTER (WHERE kind = 'undone'))::int AS undone,
         coalesce(max(became.count), 0) AS "becameClass"
       FROM bounds JOIN label_event event ON event.dataset_id = $4 AND event.id > low AND event.id <= high
         AND event.image_id <> ALL($5::uuid[])
       LEFT JOIN became ON became.class_id = event.class_id
       GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2`,
      [from.id, to.id, [...hidden.predictions], from.datasetId, [...hidden.answers]],
    );
  }

  /** Returns the previously published run of each run. */
  async previous(runIds: readonly string[]): Promise<Map<string, string>> {
    const rows: { id: string; previous: string }[] = await this.dataSource.query(
      `SELECT run.id, before.id AS previous FROM retrain_run run, LATERAL (
         SELECT id FROM retrain_run WHERE dataset_id = run.dataset_id AND status = 'PUBLISHED'
           AND published_at < run.published_at ORDER BY published_at DESC LIMIT 1) AS before
       WHERE run.id = ANY($1)`,
      [runIds],
    );
    return new Map(rows.map(({ id, previous }) => [id, previous]));
  }
}
