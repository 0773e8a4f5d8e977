import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import type { TfjsBackend } from '../../../../models/engine';
import type { NetRecipe } from '../../../../models/training/deep';
import { hashText } from '../../../../models/numeric';
import { Recipe, Split } from '../../../../shared/enums';
import type { ImageStore } from '../../../storage/imageStore';
import type { InstalledBackbones } from '../../embeddings/embedding.ports';
import type { DeepOptionsRecord, RetrainRun } from '../retrainRun.entity';
import { readLabelSnapshot } from '../run/labelSnapshot';
import { RunFailure } from '../run/runErrors';
import type { StartedRun } from '../run/runExecutor';
import { shrinkAndPerturbOf, trainingOptionsOf } from './deepOptions';
import type { DeepRunRepository, PreviousNetwork } from './deepRun.repository';
import type { TrainingFolders } from './trainingFolders';
import type { Replay, TrainingImages } from './trainingImages';
import type { TrainingPlan } from './trainingPlan';
import { weightsKey } from './weightsKey';

export interface TrainingPlannerParts {
  dataSource: DataSource;
  deepRuns: DeepRunRepository;
  images: TrainingImages;
  store: ImageStore;
  registry: InstalledBackbones;
  folders: TrainingFolders;
  engine: { backend: TfjsBackend | 'auto'; threads: number };
}

/** Decides how a run trains its network: which net, images, options and first weights. */
export class TrainingPlanner {
  constructor(private readonly parts: TrainingPlannerParts) {}

  /** Makes the plan once per run, so that a later attempt trains on the same images. @throws RunFailure */
  async plan(started: StartedRun): Promise<TrainingPlan> {
    const { folders } = this.parts;
    const runId = started.run.id;
    await folders.create(runId);
    const saved = await folders.readPlan(runId);
    if (saved) return saved;
    const plan = await this.makePlan(started);
    await folders.savePlan(runId, plan);
    return plan;
  }

  private async makePlan({ run, dataset }: StartedRun): Promise<TrainingPlan> {
    const { options } = run;
    if (!options) throw new RunFailure('The run has no training options. Start another one.');
    const { dataSource, images, engine, folders } = this.parts;
    // Images without an embedding are trained on too.
    const present = new Uint8Array(dataset.nextOrdinal).fill(1);
    const snapshot = await readLabelSnapshot(dataSource, dataset.id, present, [Split.TRAIN]);
    if (snapshot.classIds.length < 2)
      throw new RunFailure(
        'A run needs training labels of at least two classes. Label a few more images.',
      );
    const { net, name } = this.networkOf(run, options);
    const previous = options.continueLast ? await this.previousNetwork(run, options) : undefined;
    const seed = hashText(dataset.splitSeed) % 2 ** 31;
    const replay = previous && replayOf(run, options, previous, seed);
    const splits = await images.read(run, snapshot.labelled, replay);
    return {
      name,
      order: {
        net,
        images: splits,
        classes: snapshot.classIds.length,
        options: trainingOptionsOf(run.recipe, options, splits, seed),
        engine,
        folder: folders.pathOf(run.id),
        description: { name },
        ...(previous && { start: await this.saveStart(run, options, previous) }),
      },
    };
  }

  private networkOf(
    { recipe, number }: RetrainRun,
    { baseBackboneId, fromBlock }: DeepOptionsRecord,
  ): { net: NetRecipe; name: string } {
    if (recipe === Recipe.SCRATCH)
      return { net: { kind: 'alexnet' }, name: `AlexNet, round ${number}` };
    const backbone = this.parts.registry.byId(baseBackboneId ?? '');
    if (!backbone) throw new RunFailure(`No worker has the backbone ${baseBackboneId}.`);
    const from = fromBlock ?? undefined;
    const name = `${backbone.name} fine-tuned, round ${number}`;
    return { net: { kind: 'fineTune', backbone, from }, name };
  }

  private async previousNetwork(
    run: RetrainRun,
    options: DeepOptionsRecord,
  ): Promise<PreviousNetwork> {
    const previous = await this.parts.deepRuns.findPreviousNetwork(run, options);
    if (!previous)
      throw new RunFailure(
        'No network of this recipe was trained yet. Start a run without continueLast.',
      );
    return previous;
  }

  /** Copies the previous network's weights into the run's folder. */
  private async saveStart(run: RetrainRun, options: DeepOptionsRecord, { id }: PreviousNetwork) {
    const { folders, store } = this.parts;
    const weightsFile = join(folders.pathOf(run.id), 'start');
    await writeFile(weightsFile, await store.read(weightsKey(id)));
    return { weightsFile, shrinkAndPerturb: shrinkAndPerturbOf(options) };
  }
}

function replayOf(
  { number }: RetrainRun,
  { replayRatio }: DeepOptionsRecord,
  { since }: PreviousNetwork,
  seed: number,
): Replay | undefined {
  if (replayRatio === null || replayRatio === undefined) return undefined;
  return { since, ratio: replayRatio, seed: seed + number };
}
