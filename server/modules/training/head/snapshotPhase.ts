import type { DataSource } from 'typeorm';
import { readLabelSnapshot, type LabelSnapshot } from '../run/labelSnapshot';
import type { RunAttemptRepository } from '../run/runAttempt.repository';
import { RunFailure } from '../run/runErrors';
import type { HeadRun } from './headRun';

/** Reads the labels that a run learns from. Later labels and embeddings count towards the next automatic run. */
export class SnapshotPhase {
  constructor(private readonly parts: { dataSource: DataSource; attempts: RunAttemptRepository }) {}

  /** @throws RunFailure when fewer than two classes have embedded labels */
  async run(headRun: HeadRun): Promise<LabelSnapshot> {
    const { dataset, matrix } = headRun;
    const snapshot = await readLabelSnapshot(this.parts.dataSource, dataset.id, matrix.present);
    await this.save(headRun, snapshot);
    if (snapshot.classIds.length < 2)
      throw new RunFailure(
        'A run needs embedded labels of at least two classes. Label a few more images.',
      );
    return snapshot;
  }

  private async save({ run, databaseSnapshot }: HeadRun, snapshot: LabelSnapshot): Promise<void> {
    const { eventId, labelCount, classIds } = snapshot;
    await this.parts.dataSource.transaction(async (manager) => {
      // The dataset is locked before the run, as in every transaction that locks both.
      await manager.query(
        'UPDATE dataset SET snapshot_event_id = $2, snapshot_seen = $3::pg_snapshot WHERE id = $1',
        [run.datasetId, eventId, databaseSnapshot],
      );
      const classCount = classIds.length;
      await this.parts.attempts.saveSnapshot(manager, run.id, { eventId, labelCount, classCount });
    });
  }
}
