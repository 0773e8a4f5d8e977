import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildTrainingResult } from '../../../../models/training/deep';
import type { TrainingPlan } from './trainingPlan';

export type NetworkFiles = Pick<ChildTrainingResult, 'onnxFile' | 'weightsFile'>;

const planFile = 'task.json';

/** The folder of each run on this machine's own disk: its plan, its checkpoint and the trained network. */
export class TrainingFolders {
  constructor(private readonly root: string) {}

  pathOf(runId: string): string {
    return join(this.root, runId);
  }

  /** Undefined until the plan was saved. */
  async readPlan(runId: string): Promise<TrainingPlan | undefined> {
    const text = await readFile(join(this.pathOf(runId), planFile), 'utf8').catch(() => undefined);
    return text ? (JSON.parse(text) as TrainingPlan) : undefined;
  }

  async savePlan(runId: string, plan: TrainingPlan): Promise<void> {
    await writeFile(join(this.pathOf(runId), planFile), JSON.stringify(plan));
  }

  async create(runId: string): Promise<void> {
    await mkdir(this.pathOf(runId), { recursive: true });
  }

  /** The network of an attempt that was killed after its last epoch and before the upload. */
  async finishedNetwork(runId: string): Promise<NetworkFiles | undefined> {
    const folder = this.pathOf(runId);
    const files = { onnxFile: join(folder, 'net.onnx'), weightsFile: join(folder, 'net.weights') };
    // The weights are written last.
    const isComplete = await access(files.weightsFile).then(
      () => true,
      () => false,
    );
    return isComplete ? files : undefined;
  }

  async remove(runId: string): Promise<void> {
    await rm(this.pathOf(runId), { recursive: true, force: true });
  }
}
