import type { DataSource } from 'typeorm';
import type { EventRecord } from '../events/event.ports';
import type { CountedDataset, EventCounts } from './dataset.ports';

const countsSql = `
  SELECT d.id, d.next_ordinal AS images,
    (SELECT count(*)::int FROM image WHERE dataset_id = d.id AND consensus_class_id IS NOT NULL) AS labelled,
    CASE WHEN d.backbone_id IS NULL THEN 0 ELSE d.next_ordinal - (SELECT count(*)::int
      FROM embedding_pending WHERE dataset_id = d.id AND backbone_id = d.backbone_id) END AS embedded,
    (SELECT count(*)::int FROM prediction WHERE run_id = d.current_run_id) AS predicted,
    (SELECT count(*)::int FROM image WHERE dataset_id = d.id AND held_out) AS "heldOut",
    (SELECT count(*)::int FROM label WHERE dataset_id = d.id AND in_force) AS labels,
    (SELECT count(*)::int FROM lease WHERE dataset_id = d.id AND expires_at > clock_timestamp()) AS leased,
    d.created_by AS "createdBy",
    (SELECT count(*)::int FROM image WHERE dataset_id = d.id AND is_gold AND NOT EXISTS
      (SELECT 1 FROM label WHERE label.image_id = image.id AND label.in_force)) AS "unansweredGold"
  FROM dataset d WHERE d.id = ANY($1)`;

/** Counts a dataset's images, labels and predictions. */
export class DatasetCounter implements EventCounts {
  private readonly atEvents = new WeakMap<EventRecord, Promise<CountedDataset | undefined>>();

  constructor(private readonly dataSource: DataSource) {}

  readonly ofDatasets = async (ids: readonly string[]): Promise<Map<string, CountedDataset>> => {
    const rows: (CountedDataset & { id: string })[] = await this.dataSource.query(countsSql, [ids]);
    return new Map(rows.map((row) => [row.id, row]));
  };

  /** Counts once per event, for all clients that receive it. */
  atEvent(event: EventRecord): Promise<CountedDataset | undefined> {
    const known = this.atEvents.get(event);
    if (known) return known;
    const counts = this.ofDatasets([event.datasetId]).then((found) => found.get(event.datasetId));
    this.atEvents.set(event, counts);
    return counts;
  }

  readonly labelledByClass = async (classIds: readonly string[]): Promise<Map<string, number>> =>
    this.countByClass(
      'SELECT consensus_class_id AS id, count(*)::int FROM image WHERE consensus_class_id = ANY($1) GROUP BY 1',
      classIds,
    );

  readonly predictedByClass = async (classIds: readonly string[]): Promise<Map<string, number>> =>
    this.countByClass(
      `SELECT p.class_id AS id, count(*)::int FROM prediction p
       JOIN dataset d ON d.current_run_id = p.run_id
       JOIN image i ON i.id = p.image_id AND i.consensus_class_id IS NULL AND NOT i.held_out
       WHERE p.class_id = ANY($1) AND d.id IN (SELECT dataset_id FROM class WHERE id = ANY($1)) GROUP BY 1`,
      classIds,
    );

  private async countByClass(sql: string, ids: readonly string[]): Promise<Map<string, number>> {
    const rows: { id: string; count: number }[] = await this.dataSource.query(sql, [ids]);
    const counts = new Map(rows.map((row) => [row.id, row.count]));
    return new Map(ids.map((id) => [id, counts.get(id) ?? 0]));
  }
}
