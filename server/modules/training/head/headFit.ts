import type { DataSource } from 'typeorm';
import { headDefaults } from '../../../../models/training';
import { RetrainRunPhase } from '../../../../shared/enums';
import type { EmbeddingService } from '../../embeddings/embedding.service';
import { accuracyOf } from '../report/runAccuracy';
import type { StartedRun } from '../run/runExecutor';
import type { EvaluatePhase } from './evaluatePhase';
import type { FitPhase } from './fitPhase';
import type { HeadPenalties } from './headPenalties';
import { openHeadRun, type HeadRun } from './headRun';
import { scaleHead } from './modelStore';
import type { PublishGuard } from './publishGuard';
import type { RunCleanup } from './runCleanup';
import type { RunPublisher } from './runPublisher';
import type { ScorePhase } from './scorePhase';
import type { SnapshotPhase } from './snapshotPhase';

export interface HeadFitParts {
  dataSource: DataSource;
  embeddings: EmbeddingService;
  snapshotPhase: SnapshotPhase;
  fitPhase: FitPhase;
  evaluatePhase: EvaluatePhase;
  guard: PublishGuard;
  scorePhase: ScorePhase;
  publisher: RunPublisher;
  cleanup: RunCleanup;
  penalties: HeadPenalties;
}

/** Fits, measures and publishes a head on a backbone's embeddings. Runs of every recipe end with it. */
export class HeadFit {
  constructor(private readonly parts: HeadFitParts) {}

  /** @throws RunFailure, RunStoppedError */
  async run(started: StartedRun, backboneId: string | null): Promise<void> {
    const headRun = await openHeadRun(this.parts, started, backboneId);
    try {
      await this.fitAndPublish(headRun);
    } finally {
      await headRun.matrix.close();
    }
  }

  private async fitAndPublish(headRun: HeadRun): Promise<void> {
    const { dataset, progress } = headRun;
    const { embeddings, fitPhase, publisher } = this.parts;
    const snapshot = await this.parts.snapshotPhase.run(headRun);
    const input = await fitPhase.prepare(headRun, snapshot);
    const fitted = await fitPhase.run(input);
    const { outOfFold, ...evaluation } = await this.parts.evaluatePhase.run(input);
    const accuracy = accuracyOf(fitted, snapshot.labelled, outOfFold);
    await this.parts.guard.check(headRun, snapshot.classIds.length, accuracy);
    const head = scaleHead(fitted, 1 / evaluation.temperature);
    const { rescoredCount, ordering } = await this.parts.scorePhase.run(input, head);
    await progress.enter(RetrainRunPhase.PUBLISH);
    progress.finishPhase();
    const metrics = {
      ...accuracy,
      rescoredCount,
      l2: input.penalty?.l2 ?? headDefaults.l2,
      phaseSeconds: progress.phaseSeconds,
    };
    const { engine } = embeddings;
    await publisher.publish(input, { ...evaluation, head, ordering, metrics, engine });
    await this.parts.cleanup.run(dataset.id);
    await this.parts.penalties.choose(input);
  }
}
