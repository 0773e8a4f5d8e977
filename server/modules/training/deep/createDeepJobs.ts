import type { DataSource } from 'typeorm';
import type { TfjsBackend } from '../../../../models/engine';
import type { DeathGuard } from '../../../jobs/deathGuard';
import type { JobQueue } from '../../../jobs/jobQueue';
import type { ImageStore } from '../../../storage/imageStore';
import type { DatasetWriter } from '../../datasets/dataset.ports';
import type {
  BackboneSwitch,
  EmbeddingQueue,
  InstalledBackbones,
  TrainedBackboneStore,
} from '../../embeddings/embedding.ports';
import type { EventRecorder } from '../../events/event.ports';
import type { HeadFit } from '../head/headFit';
import type { RetrainRunRepository } from '../retrainRun.repository';
import type { RunExecutor } from '../run/runExecutor';
import { DeepJobs } from './deep.jobs';
import { DeepRunRepository } from './deepRun.repository';
import { EmbedPhase } from './embedPhase';
import { NetworkTrainer } from './networkTrainer';
import { TrainingFolders } from './trainingFolders';
import { TrainingImages } from './trainingImages';
import { TrainingPlanner } from './trainingPlanner';
import { TrainPhase } from './trainPhase';

/** What the worker gives to the phases of a network's run. */
export interface DeepServices {
  dataSource: DataSource;
  datasets: DatasetWriter;
  embeddingQueue: EmbeddingQueue;
  backboneSwitch: BackboneSwitch;
  store: ImageStore;
  registry: InstalledBackbones;
  trained: TrainedBackboneStore;
  executor: RunExecutor;
  deathGuard: DeathGuard;
  headFit: HeadFit;
  events: EventRecorder;
  jobs: JobQueue;
  /** Where checkpoints are stored, on this machine's own disk. */
  folder: string;
  engine: { backend: TfjsBackend | 'auto'; threads: number };
  runs: RetrainRunRepository;
  /** A training that takes longer ends with its best epoch. */
  maxTrainingSeconds: number;
}

/** Builds the phases of a network's run. */
export function createDeepJobs(services: DeepServices): DeepJobs {
  const { dataSource, store } = services;
  const deepRuns = new DeepRunRepository(dataSource);
  const folders = new TrainingFolders(services.folder);
  const images = new TrainingImages({ deepRuns, store });
  const planner = new TrainingPlanner({ ...services, deepRuns, images, folders });
  const trainer = new NetworkTrainer(deepRuns, services.maxTrainingSeconds);
  return new DeepJobs({
    ...services,
    folders,
    trainPhase: new TrainPhase({ ...services, folders, planner, trainer }),
    embedPhase: new EmbedPhase({ ...services, deepRuns }),
  });
}
