import { In, type DataSource } from 'typeorm';
import { RunRestoration } from './restoration.entity';

/** Finds runs whose predictions are being restored. */
export class RestorationRepository {
  constructor(private readonly dataSource: DataSource) {}

  async ofRuns(runIds: readonly string[]): Promise<Map<string, RunRestoration>> {
    const found = await this.dataSource.manager.findBy(RunRestoration, { runId: In([...runIds]) });
    return new Map(found.map((one) => [one.runId, one]));
  }

  /** Runs that have waited for a few seconds. The worker of such a run may have died. */
  async findWaiting(): Promise<string[]> {
    const rows: { run_id: string }[] = await this.dataSource.query(
      `SELECT run_id FROM run_restoration
       WHERE failure IS NULL AND asked_at < clock_timestamp() - interval '5 seconds'`,
    );
    return rows.map(({ run_id: runId }) => runId);
  }
}
