import type { DataSource, EntityManager } from 'typeorm';
import type { RefusalRecord } from './uploadTicket.entity';

/** What became of the file of a ticket. */
export interface CompletedTicket {
  id: string;
  imageId: string | null;
  duplicate: boolean;
  refusal: RefusalRecord | null;
}

/** The tickets of a person that are neither complete nor expired. */
export interface OpenUploads {
  tickets: number;
  /** Announced lately and not arrived. */
  bytes: number;
}

/** Writes and finds upload tickets in bulk. */
export class UploadRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Tickets that are complete already stay as they are. */
  async complete(manager: EntityManager, tickets: readonly CompletedTicket[]): Promise<void> {
    const rows = tickets.map(({ imageId, ...ticket }) => ({ ...ticket, image_id: imageId }));
    await manager.query(
      `UPDATE upload_ticket SET image_id = done.image_id, duplicate = done.duplicate,
         refusal = done.refusal, completed_at = now()
       FROM jsonb_to_recordset($1::jsonb) AS done (id uuid, image_id uuid, duplicate boolean, refusal jsonb)
       WHERE upload_ticket.id = done.id AND upload_ticket.completed_at IS NULL`,
      [JSON.stringify(rows)],
    );
  }

  /** @param since announced bytes count from here, because an abandoned upload sends none */
  async openOf(userId: string, since: Date): Promise<OpenUploads> {
    const rows: { tickets: number; bytes: string }[] = await this.dataSource.query(
      `SELECT count(*)::int AS tickets,
         coalesce(sum(byte_size) FILTER (WHERE sha256 IS NULL AND expires_at > $2), 0) AS bytes
       FROM upload_ticket WHERE user_id = $1 AND completed_at IS NULL AND expires_at > now()`,
      [userId, since],
    );
    return { tickets: rows[0]?.tickets ?? 0, bytes: Number(rows[0]?.bytes ?? 0) };
  }

  /** Returns those of the ids that exist. */
  readonly existing = async (ids: readonly string[]): Promise<Set<string>> => {
    const rows: { id: string }[] = await this.dataSource.query(
      'SELECT id FROM upload_ticket WHERE id = ANY($1::uuid[])',
      [ids],
    );
    return new Set(rows.map(({ id }) => id));
  };

  async findExpired(): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT id FROM upload_ticket WHERE expires_at < now() - interval '1 hour'
         AND (completed_at IS NULL OR completed_at < now() - interval '1 day') LIMIT 1000`,
    );
    return rows.map(({ id }) => id);
  }

  /** Whether an import still needs the bytes of the ticket. */
  async isImporting(ticketId: string): Promise<boolean> {
    const running: unknown[] = await this.dataSource.query(
      `SELECT 1 FROM import WHERE ticket_id = $1 AND status IN ('WAITING', 'RUNNING')`,
      [ticketId],
    );
    return running.length > 0;
  }
}
