/** The process of `trainApart`: one order, then messages until it is done. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelInputError } from '../../../errors';
import type { ChildTrainingMessage, ChildTrainingOrder, ChildTrainingResult } from './childProcess';
import { fileCheckpoints, readCheckpoint, writeCheckpoint } from './checkpoint';
import { exportNet } from '../network/exportNet';
import { netOf } from '../network/recipe';
import type { Start } from './retrain';
import { trainDeep } from './trainDeep';

const say = (message: ChildTrainingMessage): Promise<void> =>
  new Promise((resolve) => process.send!(message, () => resolve()));

async function replace(file: string, bytes: Uint8Array): Promise<string> {
  await writeFile(`${file}.part`, bytes);
  await rename(`${file}.part`, file);
  return file;
}

async function startOf({ start }: ChildTrainingOrder): Promise<Start | undefined> {
  if (!start) return undefined;
  const { weights } = readCheckpoint(await readFile(start.weightsFile));
  return { weights, shrinkAndPerturb: start.shrinkAndPerturb };
}

async function follow(order: ChildTrainingOrder): Promise<ChildTrainingResult> {
  const { folder, description, images, classes, options, engine, cacheBytes } = order;
  const checkpoint = fileCheckpoints(join(folder, 'training.checkpoint'));
  const trained = await trainDeep({
    ...{ images, classes, options, engine, cacheBytes, checkpoint },
    net: netOf(order.net),
    start: await startOf(order),
    onProgress: (progress) => void say({ kind: 'progress', progress }),
  });
  const { file, difference } = await exportNet(trained, description);
  const { weights, history, epoch, metrics, imagesPerSecond, waitingShare } = trained;
  const kept = {
    fingerprint: trained.net.id,
    history,
    weights,
    optimizer: { steps: 0, slots: [] },
  };
  const onnxFile = await replace(join(folder, 'net.onnx'), file);
  const weightsFile = await replace(
    join(folder, 'net.weights'),
    Buffer.concat(writeCheckpoint(kept)),
  );
  await checkpoint.remove();
  return {
    ...{ onnxFile, weightsFile, difference, engine: trained.engine },
    ...{ history, epoch, metrics, imagesPerSecond, waitingShare },
  };
}

// Whoever gave the order is gone: nobody would hear the result.
process.once('disconnect', () => process.exit(1));

process.once('message', (order: ChildTrainingOrder) => {
  const failed = (error: unknown) =>
    say({
      kind: 'failed',
      code: error instanceof ModelInputError ? error.code : undefined,
      message: error instanceof Error ? error.message : String(error),
    });
  void follow(order)
    .then((trained) => say({ kind: 'done', trained }), failed)
    .then(() => process.exit(0));
});
