import { readFile } from 'node:fs/promises';
import { RetrainRunPhase } from '../../../../shared/enums';
import type { ImageStore } from '../../../storage/imageStore';
import type { InstalledBackbones, TrainedBackboneStore } from '../../embeddings/embedding.ports';
import type { StartedRun } from '../run/runExecutor';
import type { NetworkTrainer } from './networkTrainer';
import type { TrainingFolders } from './trainingFolders';
import type { TrainingPlanner } from './trainingPlanner';
import { weightsKey } from './weightsKey';

export interface TrainPhaseParts {
  store: ImageStore;
  registry: InstalledBackbones;
  trained: TrainedBackboneStore;
  folders: TrainingFolders;
  planner: TrainingPlanner;
  trainer: NetworkTrainer;
}

/** Trains a run's network and registers it as a backbone of the dataset. */
export class TrainPhase {
  constructor(private readonly parts: TrainPhaseParts) {}

  /** Does nothing when an earlier attempt has registered the network. @throws RunFailure, RunStoppedError */
  async run(started: StartedRun, backboneId: string): Promise<void> {
    if (await this.isRegistered(backboneId)) return;
    const { run, dataset, progress } = started;
    const { store, trained, folders, planner, trainer } = this.parts;
    const { name, order } = await planner.plan(started);
    await progress.enter(RetrainRunPhase.TRAIN);
    const { onnxFile, weightsFile } =
      (await folders.finishedNetwork(run.id)) ?? (await trainer.train(started, order));
    await store.put(weightsKey(backboneId), await readFile(weightsFile));
    await trained.add({ id: backboneId, datasetId: dataset.id, runId: run.id, name, onnxFile });
    await this.parts.registry.refresh();
    await folders.remove(run.id);
  }

  private async isRegistered(backboneId: string): Promise<boolean> {
    const { registry } = this.parts;
    await registry.refresh();
    return registry.byId(backboneId) !== undefined;
  }
}
