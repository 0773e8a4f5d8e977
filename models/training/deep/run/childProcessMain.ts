/** The child process of `trainInChildProcess`. It receives one order and sends messages. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelInputError } from '../../../errors';
import type { ChildTrainingMessage, ChildTrainingOrder, ChildTrainingResult } from './childProcess';
import { fileCheckpoints, readCheckpoint, writeCheckpoint } from './checkpoint';
import { exportNet } from '../network/exportNet';
import { buildRecipe } from '../network/recipe';
import type { WarmStart } from './retrain';
import { trainDeep } from './trainDeep';

const sendMessage = (message: ChildTrainingMessage): Promise<void> =>
  new Promise((resolve) => process.send!(message, () => resolve()));

async function replace(file: string, bytes: Uint8Array): Promise<string> {
  await writeFile(`${file}.part`, bytes);
  await rename(`${file}.part`, file);
  return file;
}

async function startOf({ start }: ChildTrainingOrder): Promise<WarmStart | undefined> {
  if (!start) return undefined;
  const { weights } = readCheckpoint(await readFile(start.weightsFile));
  return { weights, shrinkAndPerturb: start.shrinkAndPerturb };
}

async function runOrder(order: ChildTrainingOrder): Promise<ChildTrainingResult> {
  const { folder, description, images, classes, options, engine, cacheBytes, finishNow } = order;
  const checkpoint = fileCheckpoints(join(folder, 'training.checkpoint'));
  const trained = await trainDeep({
    ...{ images, classes, options, engine, cacheBytes, finishNow, checkpoint },
    net: buildRecipe(order.net),
    start: await startOf(order),
    onProgress: (progress) => void sendMessage({ kind: 'progress', progress }),
  });
  const { file, difference } = await exportNet(trained, description);
  const { weights, history, epoch, metrics, imagesPerSecond, waitingShare } = trained;
  const finalCheckpoint = {
    fingerprint: trained.net.id,
    history,
    weights,
    optimizer: { steps: 0, slots: [] },
  };
  const onnxFile = await replace(join(folder, 'net.onnx'), file);
  const weightsFile = await replace(
    join(folder, 'net.weights'),
    Buffer.concat(writeCheckpoint(finalCheckpoint)),
  );
  await checkpoint.remove();
  return {
    ...{ onnxFile, weightsFile, difference, engine: trained.engine },
    ...{ history, epoch, metrics, imagesPerSecond, waitingShare },
  };
}

// The parent process is gone, so nobody would receive the result.
process.once('disconnect', () => process.exit(1));

process.once('message', (order: ChildTrainingOrder) => {
  const sendFailure = (error: unknown) =>
    sendMessage({
      kind: 'failed',
      code: error instanceof ModelInputError ? error.code : undefined,
      message: error instanceof Error ? error.message : String(error),
    });
  void runOrder(order)
    .then((trained) => sendMessage({ kind: 'done', trained }), sendFailure)
    .then(() => process.exit(0));
});
