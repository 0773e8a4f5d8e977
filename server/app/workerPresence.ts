import type { DataSource } from 'typeorm';

const heartbeatMs = 2_000;

/** A worker says that it lives; what one claimed that fell silent for 10 seconds is free again. */
export class WorkerPresence {
  private constructor(
    private readonly dataSource: DataSource,
    readonly id: string,
    private readonly heartbeat: NodeJS.Timeout,
  ) {}

  /** @param backboneIds what it can embed and train with, asked at every beat */
  static async announce(
    dataSource: DataSource,
    id: string,
    host: string,
    backboneIds: () => readonly string[],
  ): Promise<WorkerPresence> {
    const beat = () =>
      dataSource.query(
        `INSERT INTO worker (id, host, backbone_ids) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp(), backbone_ids = excluded.backbone_ids`,
        [id, host, backboneIds()],
      );
    await beat();
    const heartbeat = setInterval(() => void beat().catch(() => {}), heartbeatMs);
    return new WorkerPresence(dataSource, id, heartbeat);
  }

  /** On one machine's own database there can be no other worker: whoever is listed was killed. */
  static async forgetAll(dataSource: DataSource): Promise<void> {
    await dataSource.query('DELETE FROM worker');
  }

  async end(): Promise<void> {
    clearInterval(this.heartbeat);
    await this.dataSource.query('DELETE FROM worker WHERE id = $1', [this.id]);
  }
}
