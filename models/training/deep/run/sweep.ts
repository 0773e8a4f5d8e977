import { ModelInputError, throwIfAborted } from '../../../errors';
import { seededRandom, type Random } from '../../../numeric/random';
import { memoryCheckpoints, type CheckpointStore } from './checkpoint';
import type { Evaluation } from './evaluate';
import type { TrainingOptions } from './options';
import { trainDeep, type TrainedDeep } from './trainDeep';
import type { TrainDeepInput } from './trainingInput';

/** Values of a hyper-parameter: a list, or a range for random search. */
export type Values<T> = readonly T[] | Range;

/** A range from min to max. Values are drawn uniformly, or log-uniformly with scale `log`. */
export interface Range {
  min: number;
  max: number;
  scale?: 'linear' | 'log' | undefined;
}

/** The values of each hyper-parameter to search. Others are taken from the training options. */
export type SearchSpace = {
  readonly [Name in keyof TrainingOptions]?: Values<NonNullable<TrainingOptions[Name]>>;
};

export interface SweepInput extends Omit<TrainDeepInput, 'checkpoint' | 'untilEpoch' | 'measure'> {
  space: SearchSpace;
  /**
   * `grid`, the default, tries every combination of listed values. `random` draws `trials`
   * combinations (Bergstra & Bengio 2012).
   */
  search?: { kind: 'grid' } | { kind: 'random'; trials: number } | undefined;
  /**
   * Successive halving (Jamieson & Talwalkar 2016): after `firstEpochs`, one trial in `factor`
   * (default 3) continues for `factor` times as many epochs, and so on up to all epochs. Off by
   * default: every trial runs all epochs.
   */
  halving?: { firstEpochs: number; factor?: number | undefined } | undefined;
  /** Checkpoint store of a trial between rungs; by default in memory. */
  checkpointFor?: ((trial: number) => CheckpointStore) | undefined;
  onTrial?: ((trial: Trial) => void) | undefined;
}

/** The result of one trial. */
export interface Trial {
  trial: number;
  settings: Partial<TrainingOptions>;
  /** Number of epochs before the trial ended or was stopped. */
  epochs: number;
  stopped: boolean;
  validationLoss: number;
  validationAccuracy: number;
  /** The reason of a failure, for example a learning rate that is too high. */
  failure?: string | undefined;
}

export interface SweepResult {
  /** Sorted by number of epochs, then by validation loss. The best trial is first. */
  trials: Trial[];
  best: Trial;
  /** The net of the best trial. Call its `dispose`. */
  trained: TrainedDeep;
  test: Evaluation | undefined;
}

type Settings = Partial<TrainingOptions>;

const isRange = (values: Values<unknown>): values is Range => !Array.isArray(values);

function grid(space: SearchSpace): Settings[] {
  let settings: Settings[] = [{}];
  for (const [name, values] of Object.entries(space)) {
    if (isRange(values))
      throw new ModelInputError('VALUE', `Sweep: a grid needs listed values for ${name}`);
    settings = settings.flatMap((before) =>
      (values as readonly unknown[]).map((value) => ({ ...before, [name]: value })),
    );
  }
  return settings;
}

function draw(values: Values<unknown>, random: Random): unknown {
  if (!isRange(values)) return values[random.below(values.length)];
  const { min, max, scale = 'linear' } = values;
  const share = random.next();
  return scale === 'log' ? min * (max / min) ** share : min + share * (max - min);
}

function settingsOf({ space, search = { kind: 'grid' }, options = {} }: SweepInput): Settings[] {
  for (const [name, values] of Object.entries(space))
    if (!isRange(values) && values.length === 0)
      throw new ModelInputError('VALUE', `Sweep: no values for ${name}`);
  if (search.kind === 'grid') return grid(space);
  const random = seededRandom(`${options.seed ?? 1}:sweep`);
  const drawSettings = () =>
    Object.fromEntries(
      Object.entries(space).map(([name, values]) => [name, draw(values, random)]),
    ) as Settings;
  return Array.from({ length: search.trials }, drawSettings);
}

/** Lists the numbers of epochs after which trials are compared. The last one is all epochs. */
export function rungsOf(epochs: number, halving: SweepInput['halving']): number[] {
  const rungs: number[] = [];
  const factor = halving?.factor ?? 3;
  if (halving && !(factor > 1 && halving.firstEpochs >= 1))
    throw new ModelInputError('VALUE', 'Sweep: halving needs a factor above 1 and 1 epoch or more');
  for (let rung = halving?.firstEpochs ?? epochs; rung < epochs; rung *= factor)
    rungs.push(Math.floor(rung));
  return [...rungs, epochs];
}

const compareTrials = (a: Trial, b: Trial): number =>
  b.epochs - a.epochs || a.validationLoss - b.validationLoss;

/** Runs the trials of a sweep from rung to rung and stops the worst at each rung. */
class Sweep {
  private readonly stores = new Map<number, CheckpointStore>();

  constructor(private readonly input: SweepInput) {}

  private store(trial: number): CheckpointStore {
    const store =
      this.stores.get(trial) ?? this.input.checkpointFor?.(trial) ?? memoryCheckpoints();
    this.stores.set(trial, store);
    return store;
  }

  train({ trial, settings }: Trial, untilEpoch: number, measure: ('validation' | 'test')[]) {
    const { options, net, images, classes, start, engine, cacheBytes, signal, onProgress } =
      this.input;
    return trainDeep({
      ...{ net, images, classes, start, engine, cacheBytes, signal, onProgress, untilEpoch },
      options: { ...options, ...settings },
      checkpoint: this.store(trial),
      measure,
    });
  }

  /** Trains a trial up to a rung. A failed trial is marked as stopped. */
  private async advance(trial: Trial, untilEpoch: number): Promise<Trial> {
    try {
      const trained = await this.train(trial, untilEpoch, ['validation']);
      trained.dispose();
      const { loss = NaN, accuracy = NaN } = trained.metrics.validation ?? {};
      return { ...trial, epochs: untilEpoch, validationLoss: loss, validationAccuracy: accuracy };
    } catch (error) {
      if (!(error instanceof ModelInputError)) throw error;
      throwIfAborted(this.input.signal);
      return { ...trial, stopped: true, validationLoss: Infinity, failure: error.message };
    }
  }

  async run(rungs: readonly number[], trials: Trial[]): Promise<Trial[]> {
    const eliminated: Trial[] = [];
    let running = trials;
    for (const [index, rung] of rungs.entries()) {
      const advanced: Trial[] = [];
      for (const trial of running) advanced.push(await this.advance(trial, rung));
      const succeeded = advanced.filter(({ failure }) => failure === undefined).sort(compareTrials);
      const factor = this.input.halving?.factor ?? 3;
      const last = index === rungs.length - 1;
      const keepCount = last ? succeeded.length : Math.max(1, Math.ceil(succeeded.length / factor));
      const dropped = [
        ...succeeded.slice(keepCount),
        ...advanced.filter(({ failure }) => failure !== undefined),
      ];
      eliminated.push(...dropped.map((trial) => ({ ...trial, stopped: true })));
      running = succeeded.slice(0, keepCount);
      [...(last ? running : []), ...dropped].forEach((trial) => this.input.onTrial?.(trial));
    }
    return [...running, ...eliminated].sort(compareTrials);
  }
}

/**
 * Trains a net with different hyper-parameters and returns the best. Trials are compared only by
 * their validation loss. Test images are evaluated once, with the best net.
 *
 * @throws ModelInputError `VALUE` without validation images, for an invalid search space, or if
 *   every trial failed; otherwise as `trainDeep`
 */
export async function sweep(input: SweepInput): Promise<SweepResult> {
  if (!input.images.validation?.length)
    throw new ModelInputError('VALUE', 'A sweep needs validation images to compare trials');
  const epochs = input.options?.epochs ?? input.net.defaults?.epochs ?? 20;
  const rungs = rungsOf(epochs, input.halving);
  const newTrial = { epochs: 0, stopped: false, validationLoss: Infinity, validationAccuracy: 0 };
  const planned = settingsOf(input).map((settings, index) => ({
    ...newTrial,
    trial: index + 1,
    settings,
  }));
  const run = new Sweep({ ...input, options: { ...input.options, epochs } });
  const trials = await run.run(rungs, planned);
  const [best] = trials;
  if (!best || best.failure !== undefined)
    throw new ModelInputError('VALUE', `No trial succeeded: ${best?.failure ?? 'there were none'}`);
  const trained = await run.train(best, epochs, ['validation', 'test']);
  return { trials, best, trained, test: trained.metrics.test };
}
