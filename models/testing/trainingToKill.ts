/**
 * Runs a training in a child process, to be killed: `node trainingToKill.js FILE`. Prints `begin N`
 * (epochs in the checkpoint), `batch`, `epoch N` when a checkpoint is on the disk, and finally
 * `done N HASH` with the number of epochs and a hash of the weights.
 */
import { createHash } from 'node:crypto';
import { fileCheckpoints, readCheckpoint } from '../training/deep/run/checkpoint';
import { trainDeep } from '../training/deep/run/trainDeep';
import { colourImages } from './colourImages';
import { tinyNet } from './tinyNet';

export const killedEpochs = 30;

async function main(file: string): Promise<void> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const store = fileCheckpoints(file);
  const kept = await store.load();
  let epoch = kept ? readCheckpoint(kept).history.length : 0;
  say(`begin ${epoch}`);
  const trained = await trainDeep({
    net: tinyNet(),
    images: { train: await colourImages(48, 4), validation: await colourImages(16, 4) },
    classes: 4,
    options: {
      epochs: killedEpochs,
      batchSize: 8,
      optimizer: { kind: 'adam' },
      augmentation: { horizontalFlip: true, zoom: 0.1 },
      earlyStopping: { patience: killedEpochs },
    },
    engine: { backend: 'wasm', threads: 1 },
    checkpoint: {
      load: () => store.load(),
      save: async (parts) => {
        await store.save(parts);
        say(`epoch ${++epoch}`);
      },
    },
    onProgress: () => say('batch'),
  });
  const hash = createHash('sha256');
  for (const values of trained.weights) hash.update(values);
  say(`done ${trained.history.length} ${hash.digest('hex')}`);
}

if (require.main === module) void main(process.argv[2]!).then(() => process.exit(0));
