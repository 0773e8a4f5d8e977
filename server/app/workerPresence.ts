import type { DataSource } from 'typeorm';

const heartbeatMs = 2_000;

/** Writes a worker's heartbeat. After 10 seconds of silence, others can take over its claims. */
export class WorkerPresence {
  private constructor(
    private readonly dataSource: DataSource,
    readonly id: string,
    private readonly heartbeat: NodeJS.Timeout,
  ) {}

  /** @param backboneIds the backbones that it can use, read at every heartbeat */
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

  /** Removes all workers from an embedded database, where any listed worker was killed. */
  static async forgetAll(dataSource: DataSource): Promise<void> {
    await dataSource.query('DELETE FROM worker');
  }

  /** Removes workers that have been silent for long. */
  static async pruneSilent(dataSource: DataSource): Promise<void> {
    await dataSource.query(`DELETE FROM worker WHERE seen_at < now() - interval '1 hour'`);
  }

  async end(): Promise<void> {
    clearInterval(this.heartbeat);
    await this.dataSource.query('DELETE FROM worker WHERE id = $1', [this.id]);
  }
}
