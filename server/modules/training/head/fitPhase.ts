import { appendPseudoLabels, fitHead, type FittedHead } from '../../../../models/training';
import { RetrainRunPhase } from '../../../../shared/enums';
import type { ImagePools } from '../../embeddings/embedding.ports';
import type { LabelSnapshot } from '../run/labelSnapshot';
import { penaltyOf } from './headPenalties';
import type { HeadFitInput, HeadRun } from './headRun';
import { warmStartOf, type ModelStore } from './modelStore';
import { PseudoLabeller } from './pseudoLabeller';

/** Fits the head that a run publishes. */
export class FitPhase {
  constructor(private readonly parts: { pools: ImagePools; models: ModelStore }) {}

  /** Gathers what the fit and the evaluation need. */
  async prepare(headRun: HeadRun, snapshot: LabelSnapshot): Promise<HeadFitInput> {
    const { dataset, matrix, progress } = headRun;
    await progress.enter(RetrainRunPhase.FIT);
    const { pools } = this.parts;
    const pseudoLabeller = await PseudoLabeller.open(pools, dataset.id, matrix, snapshot.labelled);
    return { ...headRun, snapshot, pseudoLabeller, penalty: penaltyOf(headRun) };
  }

  /** Fits on every label. Other heads measure the accuracy (docs/decisions/0004). */
  async run(input: HeadFitInput): Promise<FittedHead> {
    const { matrix, progress, snapshot, penalty } = input;
    const training = await this.trainingRows(input);
    const fitted = await fitHead({
      ...training,
      rows: training.labels.length,
      dimensions: matrix.dimensions,
      classes: snapshot.classIds.length,
      l2: penalty?.l2,
      warmStart: await this.warmStart(input),
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

  private async trainingRows({ matrix, snapshot, pseudoLabeller }: HeadFitInput) {
    const { classIds, labelled } = snapshot;
    const rows = { features: await matrix.rows(labelled.ordinals), labels: labelled.labels };
    const pseudo = await pseudoLabeller.label(labelled, classIds.length);
    return pseudo ? appendPseudoLabels(rows, pseudo) : rows;
  }

  private async warmStart({ dataset, backboneId, snapshot }: HeadFitInput) {
    const { currentRunId } = dataset;
    const previous = currentRunId ? await this.parts.models.load(currentRunId) : undefined;
    return warmStartOf(previous, backboneId, snapshot.classIds);
  }
}
