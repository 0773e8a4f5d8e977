import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import type { TfjsBackend } from '../../../../models/engine';
import {
  type ChildTrainingOrder,
  type ChildTrainingResult,
  type LabelledImage,
  type NetRecipe,
  withReplay,
} from '../../../../models/training/deep';
import { hashText } from '../../../../models/numeric';
import { Recipe, Split } from '../../../../shared/enums';
import type { ImageStore } from '../../../storage/imageStore';
import type { Dataset } from '../../datasets/dataset.entity';
import type { BackboneRegistry } from '../../embeddings/backboneRegistry';
import { imageKey } from '../../images/imageKeys';
import { shrinkAndPerturbOf, trainingOptionsOf } from './deepOptions';
import type { DeepTask } from './deepTask';
import { labelledSince, lastNetwork, type LastNetwork } from './lastNetwork';
import type { DeepOptionsRecord, RetrainRun } from '../retrainRun.entity';
import { RunFailure, type StartedRun } from '../run/runAttempts';
import { splitOf, takeSnapshot, type LabelledSet } from '../run/runSnapshot';

export interface DeepSettings {
  /** Where checkpoints lie: on this machine's own disk. */
  folder: string;
  backend: TfjsBackend | 'auto';
  threads: number;
}

export type NetworkFiles = Pick<ChildTrainingResult, 'onnxFile' | 'weightsFile'>;

export const weightsKey = (backboneId: string) => `models/${backboneId}.weights`;

/** Writes down what a process that trains a network needs to know. */
export class DeepTasks {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ImageStore,
    private readonly registry: BackboneRegistry,
    private readonly settings: DeepSettings,
  ) {}

  /** A run's own, with its checkpoint. */
  folderOf(runId: string): string {
    return join(this.settings.folder, runId);
  }

  /** What an attempt left that was killed between its last epoch and the image store. */
  async finished(runId: string): Promise<NetworkFiles | undefined> {
    const folder = this.folderOf(runId);
    const files = { onnxFile: join(folder, 'net.onnx'), weightsFile: join(folder, 'net.weights') };
    // The weights are put in place last.
    const isThere = await access(files.weightsFile).then(
      () => true,
      () => false,
    );
    return isThere ? files : undefined;
  }

  /** Written once: an attempt that goes on trains on the very images it began with. */
  async prepare(started: StartedRun): Promise<DeepTask> {
    const folder = this.folderOf(started.run.id);
    await mkdir(folder, { recursive: true });
    const file = join(folder, 'task.json');
    const known = await readFile(file, 'utf8').catch(() => undefined);
    if (known) return JSON.parse(known) as DeepTask;
    const task = await this.taskOf(started, folder);
    await writeFile(file, JSON.stringify(task));
    return task;
  }

  private async taskOf({ run, dataset }: StartedRun, folder: string): Promise<DeepTask> {
    const { options } = run;
    if (!options) throw new RunFailure('The run does not say how to train. Start another one.');
    const everything = new Uint8Array(dataset.nextOrdinal).fill(1);
    const snapshot = await takeSnapshot(this.dataSource, dataset.id, everything, [Split.TRAIN]);
    if (snapshot.classIds.length < 2)
      throw new RunFailure(
        'A run needs training labels of at least two classes. Label a few more images.',
      );
    const { net, name } = this.netOf(run, options);
    const paths = await this.pathsOf(dataset);
    const seed = hashText(dataset.splitSeed) % 2 ** 31;
    const last = options.continueLast && (await lastNetwork(this.dataSource, run, options));
    const ratio = options.replayRatio ?? undefined;
    const { labelled } = snapshot;
    const train = splitOf(labelled, Split.TRAIN);
    const images = {
      train:
        last && ratio !== undefined
          ? await this.withReplay(run, train, paths, { since: last.since, ratio, seed })
          : imagesOf(train, paths),
      validation: imagesOf(splitOf(labelled, Split.VALIDATION), paths),
      test: imagesOf(splitOf(labelled, Split.TEST), paths),
    };
    const { backend, threads } = this.settings;
    const order: ChildTrainingOrder = {
      net,
      images,
      classes: snapshot.classIds.length,
      options: trainingOptionsOf(run.recipe, options, images, seed),
      engine: { backend, threads },
      folder,
      description: { name },
      ...(last && { start: await this.startOf(last, options, folder) }),
    };
    return { name, order };
  }

  private netOf(
    { recipe, number }: RetrainRun,
    { baseBackboneId, fromBlock }: DeepOptionsRecord,
  ): { net: NetRecipe; name: string } {
    if (recipe === Recipe.SCRATCH)
      return { net: { kind: 'alexnet' }, name: `AlexNet, round ${number}` };
    const backbone = this.registry.byId(baseBackboneId ?? '');
    if (!backbone) throw new RunFailure(`No worker has the backbone ${baseBackboneId}.`);
    const from = fromBlock ?? undefined;
    const name = `${backbone.name} fine-tuned, round ${number}`;
    return { net: { kind: 'fineTune', backbone, from }, name };
  }

  private async pathsOf({ id }: Dataset): Promise<Map<number, string>> {
    const rows: { id: string; ordinal: number }[] = await this.dataSource.query(
      `SELECT id, ordinal FROM image WHERE dataset_id = $1 AND consensus_class_id IS NOT NULL`,
      [id],
    );
    const paths = new Map<number, string>();
    for (const row of rows)
      paths.set(row.ordinal, (await this.store.localFile(imageKey(id, row.id))).path);
    return paths;
  }

  private async startOf({ id }: LastNetwork, options: DeepOptionsRecord, folder: string) {
    const weightsFile = join(folder, 'start');
    await writeFile(weightsFile, await this.store.read(weightsKey(id)));
    return { weightsFile, shrinkAndPerturb: shrinkAndPerturbOf(options) };
  }

  /**
   * What was labelled since the last network was trained, and a share of what it knows.
   *
   * @throws RunFailure if nothing is new
   */
  private async withReplay(
    { datasetId, number }: RetrainRun,
    train: LabelledSet,
    paths: ReadonlyMap<number, string>,
    { since, ratio, seed }: { since: Date; ratio: number; seed: number },
  ): Promise<LabelledImage[]> {
    const later = await labelledSince(this.dataSource, datasetId, since);
    const part = (isNew: boolean) =>
      imagesOf(train, new Map([...paths].filter(([ordinal]) => later.has(ordinal) === isNew)));
    const fresh = part(true);
    if (fresh.length === 0)
      throw new RunFailure(
        'No training image was labelled since the last network was trained: label some, or train on all images.',
      );
    return withReplay(fresh, part(false), { ratio, seed: seed + number });
  }
}

const imagesOf = (
  { ordinals, labels }: LabelledSet,
  paths: ReadonlyMap<number, string>,
): LabelledImage[] =>
  Array.from(ordinals, (ordinal, at) => ({
    image: paths.get(ordinal) ?? '',
    label: labels[at]!,
  })).filter(({ image }) => image !== '');
