import type { DataSource, EntityManager } from 'typeorm';
import type { Logger } from 'pino';
import { rowLock } from '../../../database/rowLock';
import {
  appendPseudoLabels,
  fitHead,
  headDefaults,
  type FittedHead,
  type Head,
} from '../../../../models/training';
import { RetrainRunPhase } from '../../../../shared/enums';
import type { JobQueue } from '../../../jobs/jobQueue';
import { Dataset } from '../../datasets/dataset.entity';
import { switchBackbone } from '../../embeddings/backboneSwitch';
import type { EmbeddingService } from '../../embeddings/embedding.service';
import type { FeatureMatrix } from '../../embeddings/featureCache';
import type { ImagePools } from '../../embeddings/imagePools';
import type { EventStore } from '../../events/eventStore';
import { HeadPenalties, penaltyOf } from './headPenalties';
import { CrossValidator } from './crossValidator';
import { accuracyOf } from '../report/runAccuracy';
import { scaleHead, warmStartOf, type ModelStore } from './modelStore';
import type { RunMetricsRecord } from '../retrainRun.entity';
import { PseudoLabeller } from './pseudoLabeller';
import { rescore } from './rescore';
import { RunFailure, type StartedRun } from '../run/runAttempts';
import { RunStoppedError } from '../run/runProgress';
import { takeSnapshot, type RunSnapshot } from '../run/runSnapshot';
import type { RunPredictions, RunQueue, RunReader, RunSaver } from '../run.ports';

interface RunWork extends StartedRun {
  backboneId: string;
  matrix: FeatureMatrix;
  /** PostgreSQL's snapshot before the matrix was read: embeddings that it does not see may be missing. */
  seen: string;
}

interface EvaluatedHead {
  head: Head;
  temperature: number;
  savers: readonly RunSaver[];
}

/** What every run ends with: a head fitted on a backbone's embeddings, measured, and put in place. */
export class HeadFit {
  private readonly crossValidator = new CrossValidator();
  private readonly penalties: HeadPenalties;

  constructor(
    private readonly dataSource: DataSource,
    private readonly embeddings: EmbeddingService,
    private readonly pools: ImagePools,
    private readonly models: ModelStore,
    private readonly predictions: RunPredictions,
    private readonly queue: RunQueue,
    private readonly readers: readonly RunReader[],
    private readonly events: EventStore,
    private readonly jobs: JobQueue,
    private readonly logger: Logger,
  ) {
    this.penalties = new HeadPenalties(dataSource, this.crossValidator, logger);
  }

  /** From the snapshot of the labels to publication. */
  async run(started: StartedRun, backboneId: string | null): Promise<void> {
    const [{ seen }]: [{ seen: string }] = await this.dataSource.query(
      'SELECT pg_current_snapshot()::text AS seen',
    );
    const matrix = await this.embeddings.features(started.dataset.id, backboneId);
    if (!matrix || !backboneId)
      throw new RunFailure(
        `No worker has the backbone ${backboneId ?? ''}, so there is nothing to learn from. See the overview.`,
      );
    try {
      await this.fitAndPublish({ ...started, backboneId, matrix, seen });
    } finally {
      await matrix.close();
    }
  }

  private async fitAndPublish(work: RunWork): Promise<void> {
    const { run, dataset, matrix, progress } = work;
    const snapshot = await takeSnapshot(this.dataSource, dataset.id, matrix.present);
    await this.saveSnapshot(work, snapshot);
    if (snapshot.classIds.length < 2)
      throw new RunFailure(
        'A run needs embedded labels of at least two classes. Label a few more images.',
      );
    await progress.enter(RetrainRunPhase.FIT);
    const pseudoLabeller = await PseudoLabeller.open(
      this.pools,
      dataset.id,
      matrix,
      snapshot.labelled,
    );
    const penalty = penaltyOf(work)?.l2;
    const fitted = await this.fit(work, snapshot, pseudoLabeller, penalty);
    await progress.enter(RetrainRunPhase.EVALUATE);
    const { temperature, outOfFold } = await this.crossValidator.validate(
      work,
      snapshot,
      pseudoLabeller,
      penalty,
    );
    const savers: RunSaver[] = [];
    if (outOfFold)
      for (const reader of this.readers) savers.push(await reader.read(work, outOfFold));
    const head = scaleHead(fitted, 1 / temperature);
    await progress.enter(RetrainRunPhase.RESCORE);
    const { margins, count } = await rescore(this.dataSource, this.predictions, {
      ...work,
      classIds: snapshot.classIds,
      head,
    });
    await progress.enter(RetrainRunPhase.ORDER);
    const order = await this.queue.stage(dataset, run.id, matrix, margins);
    await progress.enter(RetrainRunPhase.PUBLISH);
    progress.finishPhase();
    const found = { head, temperature, savers };
    await this.publish(work, snapshot, found, order, {
      ...accuracyOf(fitted, snapshot.labelled, outOfFold),
      rescoredCount: count,
      l2: penalty ?? headDefaults.l2,
      phaseSeconds: progress.phaseSeconds,
    });
    await this.afterPublish(dataset.id);
    await this.penalties.choose(work, snapshot, pseudoLabeller);
  }

  /** Labels and embeddings after this point count towards the next automatic run. */
  private async saveSnapshot({ run, seen }: RunWork, snapshot: RunSnapshot): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      // The dataset first, then the run: whoever locks both does it in this order.
      await manager.query(
        'UPDATE dataset SET snapshot_event_id = $2, snapshot_seen = $3::pg_snapshot WHERE id = $1',
        [run.datasetId, snapshot.eventId, seen],
      );
      await manager.query(
        'UPDATE retrain_run SET snapshot_event_id = $2, label_count = $3, class_count = $4 WHERE id = $1',
        [run.id, snapshot.eventId, snapshot.labelCount, snapshot.classIds.length],
      );
    });
  }

  /** On every label: what is told of its accuracy is judged by other heads (docs/decisions/0004). */
  private async fit(
    { dataset, backboneId, matrix, progress }: RunWork,
    { classIds, labelled }: RunSnapshot,
    pseudoLabeller: PseudoLabeller,
    l2: number | undefined,
  ): Promise<FittedHead> {
    const previous = dataset.currentRunId
      ? await this.models.load(dataset.currentRunId)
      : undefined;
    const kept = { features: await matrix.rows(labelled.ordinals), labels: labelled.labels };
    const pseudo = await pseudoLabeller.label(labelled, classIds.length);
    const training = pseudo ? appendPseudoLabels(kept, pseudo) : kept;
    const fitted = await fitHead({
      ...training,
      rows: training.labels.length,
      dimensions: matrix.dimensions,
      classes: classIds.length,
      l2,
      warmStart: warmStartOf(previous, backboneId, classIds),
      signal: progress.stop.signal,
      onIteration: ({ progress: fraction, loss, accuracy }) =>
        progress.report(fraction, { loss, accuracy }),
    }).catch((error: unknown) => {
      progress.check();
      throw error;
    });
    await progress.settle();
    return fitted;
  }

  /** One transaction, guarded by the attempt: a worker that comes back from the dead changes nothing. */
  private async publish(
    { run, dataset, backboneId, matrix }: RunWork,
    { classIds }: RunSnapshot,
    { savers, ...heads }: EvaluatedHead,
    order: { orderingId: string; count: number },
    metrics: RunMetricsRecord,
  ): Promise<void> {
    const { dimensions } = matrix;
    await this.dataSource.transaction(async (manager) => {
      await this.takeBackbone(manager, dataset.id, backboneId);
      const [rows] = await manager.query<[unknown[], number]>(
        `UPDATE retrain_run SET status = 'PUBLISHED', percent = 100, seconds_left = 0, metrics = $3,
           engine = concat_ws(', ', engine, $4::text),
           published_at = clock_timestamp(), finished_at = clock_timestamp()
         WHERE id = $1 AND attempt = $2 AND status = 'RUNNING' AND cancel_requested_at IS NULL RETURNING id`,
        [run.id, run.attempt, JSON.stringify(metrics), this.embeddings.engine],
      );
      if (rows.length === 0) throw new RunStoppedError(true);
      await this.models.save(manager, {
        runId: run.id,
        datasetId: dataset.id,
        backboneId,
        classIds,
        dimensions,
        ...heads,
      });
      for (const save of savers) await save(manager);
      await this.predictions.attach(manager, { runId: run.id, attempt: run.attempt });
      await manager.query('UPDATE dataset SET current_run_id = $2 WHERE id = $1', [
        dataset.id,
        run.id,
      ]);
      await this.queue.activate(manager, dataset.id, order.orderingId, order.count);
      await this.events.record(manager, {
        datasetId: dataset.id,
        type: 'run.published',
        payload: { runId: run.id },
      });
    });
  }

  /** A run on the dataset's next backbone makes it the present one; on one that is wanted no more it ends. */
  private async takeBackbone(
    manager: EntityManager,
    datasetId: string,
    backboneId: string,
  ): Promise<void> {
    const dataset = await manager.findOneOrFail(Dataset, {
      where: { id: datasetId },
      lock: rowLock,
    });
    if (backboneId === dataset.backboneId) return;
    if (backboneId !== dataset.nextBackboneId) throw new RunStoppedError(true);
    await switchBackbone(manager, dataset);
    await this.events.record(manager, { datasetId, type: 'dataset.changed', payload: {} });
  }

  /** Housekeeping that nobody waits for; images embedded meanwhile get their predictions. */
  private async afterPublish(datasetId: string): Promise<void> {
    try {
      await this.jobs.send('predict', { datasetId });
      await this.queue.pruneSuperseded(datasetId);
      await this.predictions.dropSuperseded(datasetId);
    } catch (error) {
      this.logger.warn({ err: error, datasetId }, 'cleaning up after a run failed');
    }
  }
}
