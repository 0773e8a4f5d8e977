import type { DataSource } from 'typeorm';
import type { DatasetWriter } from '../../datasets/dataset.ports';
import { readLabelSnapshot, type LabelSnapshot } from '../run/labelSnapshot';
import type { RunAttemptRepository } from '../run/runAttempt.repository';
import { RunFailure } from '../run/runErrors';
import type { HeadRun } from './headRun';

/** Reads the labels that a run learns from. Later labels and embeddings count towards the next automatic run. */
export class SnapshotPhase {
  constructor(
    private readonly parts: {
      dataSource: DataSource;
      datasets: DatasetWriter;
      attempts: RunAttemptRepository;
    },
  ) {}

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
    const { dataSource, datasets, attempts } = this.parts;
    await dataSource.transaction(async (manager) => {
      // The dataset is locked before the run, as in every transaction that locks both.
      const mark = { eventId, seen: databaseSnapshot };
      await datasets.saveSnapshotMark(manager, run.datasetId, mark);
      const classCount = classIds.length;
      await attempts.saveSnapshot(manager, run.id, { eventId, labelCount, classCount });
    });
  }
}
