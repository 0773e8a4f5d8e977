/**
 * Trains the tiny network on a backend in a child process: `node trainOn.js BACKEND`. Prints one
 * line of JSON: the losses, or why the backend does not run here.
 */
import { openTfjs } from '../engine/tfjs';
import type { TfjsBackend } from '../engine/names';
import { trainDeep } from '../training/deep/run/trainDeep';
import { colourImages } from './colourImages';
import { tinyNet } from './tinyNet';

export interface TrainedOn {
  device?: string;
  losses?: number[];
  validation?: number;
  /** Why there are no losses. */
  reason?: string;
}

async function trainOn(backend: TfjsBackend): Promise<TrainedOn> {
  try {
    await openTfjs({ backend });
  } catch (error) {
    return { reason: (error as Error).message };
  }
  const images = { train: await colourImages(24, 4), validation: await colourImages(8, 4) };
  const { history, metrics, engine } = await trainDeep({
    // No dropout, because backends draw random numbers of their own.
    net: tinyNet({ dropout: 0 }),
    images,
    classes: 4,
    options: { epochs: 3, batchSize: 8, learningRate: 0.05 },
    engine: { backend },
  });
  const losses = history.map(({ loss }) => loss);
  return { device: engine.device, losses, validation: metrics.validation!.loss };
}

if (require.main === module)
  void trainOn(process.argv[2] as TfjsBackend).then((result) => {
    process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
  });
