import { readFile, writeFile } from 'node:fs/promises';
import { ModelInputError } from '../../../models/errors';
import { alexnet } from '../../../models/training/deep/alexnet';
import { fileCheckpoints } from '../../../models/training/deep/checkpoint';
import { exportNet } from '../../../models/training/deep/exportNet';
import { fineTune } from '../../../models/training/deep/fineTune';
import type { DeepNet } from '../../../models/training/deep/net';
import type { TrainingOptions } from '../../../models/training/deep/options';
import { trainDeep } from '../../../models/training/deep/trainDeep';
import { ClassBalance } from '../../../shared/enums';
import type { DeepMessage, DeepTask } from './deepTask';
import { packWeights, unpackWeights } from './packedWeights';

/** Batch by batch is too often for small nets: this is as fast as anybody reads. */
const tellEveryMs = 100;

const tell = (message: DeepMessage) =>
  new Promise<void>((resolve) => process.send?.(message, () => resolve()) ?? resolve());

/** The article's optimizer from scratch; the usual momentum for a net that only has to be adapted. */
const momentum = { scratch: 0.3, finetune: 0.9 };

function optionsOf({ options, backbone, images, seed }: DeepTask): TrainingOptions {
  const { epochs, batchSize, learningRate, flip, rotationDegrees, zoom, balance } = options;
  const sampling = {
    [ClassBalance.NONE]: 'none',
    [ClassBalance.WEIGHTED]: 'none',
    [ClassBalance.OVERSAMPLED]: 'over',
    [ClassBalance.UNDERSAMPLED]: 'under',
  } as const;
  return {
    epochs,
    batchSize: Math.min(batchSize, images.train.length),
    learningRate,
    optimizer: { kind: 'momentum', momentum: momentum[backbone ? 'finetune' : 'scratch'] },
    augmentation: { horizontalFlip: flip, rotationDegrees, zoom },
    classWeights: balance === ClassBalance.WEIGHTED ? 'balanced' : undefined,
    sampling: sampling[balance],
    // Without validation images the last epoch's weights are the result.
    earlyStopping:
      images.validation.length > 0 ? { patience: Math.max(5, Math.ceil(epochs / 4)) } : undefined,
    seed,
  };
}

const netOf = ({ backbone, options: { fromBlock } }: DeepTask): DeepNet =>
  backbone ? fineTune(backbone, fromBlock ? { from: fromBlock } : {}) : alexnet();

/** Reads the task, trains, writes the network, and says how it went. */
async function main(taskFile: string): Promise<void> {
  const task = JSON.parse(await readFile(taskFile, 'utf8')) as DeepTask;
  let told = 0;
  const trained = await trainDeep({
    net: netOf(task),
    images: task.images,
    classes: task.classes,
    options: optionsOf(task),
    start: task.startFile ? { weights: unpackWeights(await readFile(task.startFile)) } : undefined,
    engine: { backend: task.backend, threads: task.threads },
    checkpoint: fileCheckpoints(task.checkpointFile),
    // The head that is fitted on the network afterwards is what is measured and told.
    measure: [],
    onProgress: (progress) => {
      const isLast = progress.batch === progress.batches;
      if (!isLast && performance.now() - told < tellEveryMs) return;
      told = performance.now();
      void tell({ type: 'progress', progress });
    },
  });
  const { file } = await exportNet(trained, { name: task.name });
  await writeFile(task.networkFile, file);
  await writeFile(task.weightsFile, packWeights(trained.weights));
  const { name, device } = trained.engine;
  const { imagesPerSecond, epoch } = trained;
  await tell({ type: 'done', engine: `TensorFlow.js ${name} (${device})`, imagesPerSecond, epoch });
}

// A worker that was killed has nobody to train for; what is put away is gone on with.
process.on('disconnect', () => process.exit(1));
main(process.argv[2] ?? '').then(
  () => process.exit(0),
  async (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    await tell({ type: 'failed', message, known: error instanceof ModelInputError });
    process.exit(1);
  },
);
