import type { DataSource, EntityManager } from 'typeorm';
import type {
  EventPayloads,
  EventPositions,
  EventRecord,
  EventRecorder,
  EventType,
  NewEvent,
  Position,
} from './event.ports';

interface EventRow {
  tx: string;
  id: string;
  dataset_id: string;
  type: EventType;
  payload: EventPayloads[EventType];
  actor_id: string | null;
  occurred_at: Date;
}

/**
 * The outbox. A change and its event are written in one transaction. Readers see only rows below
 * the oldest running transaction, in the order (tx, id), so nothing can appear before a row that
 * was read.
 */
export class EventStore implements EventRecorder, EventPositions {
  constructor(private readonly dataSource: DataSource) {}

  async record<T extends EventType>(manager: EntityManager, event: NewEvent<T>): Promise<void> {
    await manager.query(
      'INSERT INTO event (dataset_id, type, payload, actor_id) VALUES ($1, $2, $3, $4)',
      [event.datasetId, event.type, JSON.stringify(event.payload), event.actorId ?? null],
    );
  }

  /** Reads events after a position, oldest first: those of one dataset, or all for the hub. */
  async read(after: Position, limit: number, datasetId?: string): Promise<EventRecord[]> {
    const rows: EventRow[] = await this.dataSource.query(
      `SELECT tx, id, dataset_id, type, payload, actor_id, occurred_at FROM event
       WHERE (tx, id) > ($1::xid8, $2::bigint) AND tx < pg_snapshot_xmin(pg_current_snapshot())
         ${datasetId ? 'AND dataset_id = $4' : ''}
       ORDER BY tx, id LIMIT $3`,
      [String(after.tx), String(after.id), limit, ...(datasetId ? [datasetId] : [])],
    );
    return rows.map((row) => ({
      position: { tx: BigInt(row.tx), id: BigInt(row.id) },
      datasetId: row.dataset_id,
      type: row.type,
      payload: row.payload,
      actorId: row.actor_id,
      occurredAt: row.occurred_at,
    }));
  }

  /** Everything before it is readable now, and every later event comes after it. */
  async now(): Promise<Position> {
    const rows: { tx: string }[] = await this.dataSource.query(
      'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS tx',
    );
    return { tx: BigInt(rows[0]?.tx ?? 0), id: 0n };
  }

  /** The last event that was deleted. */
  async horizon(): Promise<Position> {
    const rows: { tx: string; id: string }[] = await this.dataSource.query(
      'SELECT tx, id FROM event_horizon',
    );
    return { tx: BigInt(rows[0]?.tx ?? 0), id: BigInt(rows[0]?.id ?? 0) };
  }

  async prune(retentionHours: number): Promise<void> {
    await this.dataSource.query(
      `WITH pruned AS (
         DELETE FROM event WHERE occurred_at < now() - make_interval(secs => $1 * 3600)
           AND tx < pg_snapshot_xmin(pg_current_snapshot()) RETURNING tx, id),
       last AS (SELECT tx, id FROM pruned ORDER BY tx DESC, id DESC LIMIT 1)
       UPDATE event_horizon SET tx = last.tx, id = last.id FROM last
       WHERE (last.tx, last.id) > (event_horizon.tx, event_horizon.id)`,
      [retentionHours],
    );
  }
}
