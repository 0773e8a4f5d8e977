import type { EntityManager } from 'typeorm';
import { Recipe, RetrainRunTrigger } from '../../../../shared/enums';
import { coalesced } from '../../../jobs/coalesce';
import type { Dataset, DatasetReader } from '../../datasets/dataset.ports';
import type { RetrainRunRepository } from '../retrainRun.repository';
import type { RunDispatcher } from './runDispatcher';
import type { TrainableLabelRepository } from './trainableLabels.repository';

const automaticHead = {
  recipe: Recipe.HEAD,
  options: null,
  trigger: RetrainRunTrigger.AUTOMATIC,
  person: null,
};

export interface AutomaticRunsParts {
  runs: RetrainRunRepository;
  labels: TrainableLabelRepository;
  datasets: DatasetReader;
  dispatcher: RunDispatcher;
}

/** Starts runs that nobody asked for: after enough labels, or to complete a change of the backbone. */
export class AutomaticRuns {
  constructor(private readonly parts: AutomaticRunsParts) {}

  /** Starts a run if enough labels came in. Call it whenever some do. */
  readonly startIfDue = coalesced(async (datasetId: string): Promise<void> => {
    const { datasets, dispatcher } = this.parts;
    const dataset = await datasets.find(datasetId);
    if (!dataset || dataset.autoRetrainAfter === 0 || !dataset.backboneId) return;
    if (!(await this.isDue(dataset))) return;
    if (!(await this.hasLabelsForRun(datasetId, dataset.backboneId))) return;
    const isDue = (locked: Dataset, manager: EntityManager) => this.isDue(locked, manager);
    await dispatcher.enqueue(datasetId, { ...automaticHead, isDue });
  });

  /** Finds the runs that a lost event did not start. */
  async startAllDue(): Promise<void> {
    for (const id of await this.parts.labels.findDatasetsWithNews()) await this.startIfDue(id);
  }

  /** Starts the run that completes a change of the backbone. If it fails, any later run completes the change. */
  async startForBackbone(datasetId: string): Promise<void> {
    await this.parts.dispatcher.enqueue(datasetId, {
      ...automaticHead,
      trigger: RetrainRunTrigger.BACKBONE_CHANGED,
      isDue: (dataset) =>
        Promise.resolve(dataset.nextBackboneId !== null && dataset.nextBackboneRunId === null),
    });
  }

  /** Cancels runs on a backbone that the dataset no longer changes to, in the transaction of that decision. */
  async cancelOn(manager: EntityManager, datasetId: string, backboneId: string): Promise<void> {
    const { runs, dispatcher } = this.parts;
    for (const run of await runs.findActiveOn(manager, datasetId, backboneId))
      await dispatcher.requestCancel(manager, run);
  }

  /** Whether a run of a head is queued or running. */
  isActive(manager: EntityManager, datasetId: string): Promise<boolean> {
    return this.parts.runs.hasActive(manager, datasetId, 'head');
  }

  /** Whether labels of at least two classes exist. @param backboneId counts only images that it has embedded */
  hasLabelsForRun(datasetId: string, backboneId: string | null = null): Promise<boolean> {
    return this.parts.labels.hasTwoClasses(datasetId, backboneId);
  }

  private async isDue(
    { id, autoRetrainAfter }: Dataset,
    manager?: EntityManager,
  ): Promise<boolean> {
    const counts = await this.parts.labels.countSinceLastRun([id], manager);
    return (counts.get(id) ?? 0) >= autoRetrainAfter;
  }
}
