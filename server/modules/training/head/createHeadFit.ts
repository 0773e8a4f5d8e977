import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { JobQueue } from '../../../jobs/jobQueue';
import type { DatasetWriter } from '../../datasets/dataset.ports';
import type { EmbeddingService } from '../../embeddings/embedding.service';
import type { BackboneSwitch, ImagePools } from '../../embeddings/embedding.ports';
import type { EventRecorder } from '../../events/event.ports';
import type { RunEvaluator, RunPredictions, RunQueue } from '../run.ports';
import type { RunAttemptRepository } from '../run/runAttempt.repository';
import { CrossValidator } from './crossValidator';
import { EvaluatePhase } from './evaluatePhase';
import { FitPhase } from './fitPhase';
import { HeadFit } from './headFit';
import { HeadPenalties } from './headPenalties';
import type { ModelStore } from './modelStore';
import { PublishGuard } from './publishGuard';
import { RunCleanup } from './runCleanup';
import { RunPublisher } from './runPublisher';
import { ScorePhase } from './scorePhase';
import { SnapshotPhase } from './snapshotPhase';

/** What the worker gives to the phases of a head's run. */
export interface HeadFitServices {
  dataSource: DataSource;
  datasets: DatasetWriter;
  backboneSwitch: BackboneSwitch;
  attempts: RunAttemptRepository;
  embeddings: EmbeddingService;
  pools: ImagePools;
  models: ModelStore;
  predictions: RunPredictions;
  queue: RunQueue;
  /** In the order in which their publish steps lock rows. */
  evaluators: readonly RunEvaluator[];
  events: EventRecorder;
  jobs: JobQueue;
  logger: Logger;
}

/** Builds the phases of a head's run. */
export function createHeadFit(services: HeadFitServices): HeadFit {
  const crossValidator = new CrossValidator();
  return new HeadFit({
    ...services,
    snapshotPhase: new SnapshotPhase(services),
    fitPhase: new FitPhase(services),
    evaluatePhase: new EvaluatePhase({ crossValidator, evaluators: services.evaluators }),
    guard: new PublishGuard(services.attempts),
    scorePhase: new ScorePhase(services),
    publisher: new RunPublisher(services),
    cleanup: new RunCleanup(services),
    penalties: new HeadPenalties({ ...services, crossValidator }),
  });
}
