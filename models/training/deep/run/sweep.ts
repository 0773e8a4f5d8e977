import { ModelInputError, throwIfAborted } from '../../../errors';
import { seededRandom, type Random } from '../../../numeric/random';
import { memoryCheckpoints, type CheckpointStore } from './checkpoint';
import type { Evaluation } from './evaluate';
import type { TrainingOptions } from './options';
import { trainDeep, type TrainDeepInput, type TrainedDeep } from './trainDeep';

/** What one hyper-parameter may be: listed values, or a range that random sweeps draw from. */
export type Values<T> = readonly T[] | Range;

/** From least to most, evenly, or evenly by factors (`log`). */
export interface Range {
  least: number;
  most: number;
  scale?: 'linear' | 'log' | undefined;
}

/** Hyper-parameters by name; those that are not named stay as the training's options say. */
export type SearchSpace = {
  readonly [Name in keyof TrainingOptions]?: Values<NonNullable<TrainingOptions[Name]>>;
};

export interface SweepInput extends Omit<TrainDeepInput, 'checkpoint' | 'untilEpoch' | 'measure'> {
  space: SearchSpace;
  /** Default `grid`: every combination of listed values. `random` draws so many (Bergstra & Bengio 2012). */
  search?: { kind: 'grid' } | { kind: 'random'; trials: number } | undefined;
  /**
   * Successive halving (Jamieson & Talwalkar 2016): after so many epochs the worst trials stop, one
   * in `factor` goes on for `factor` times as many, until the last has all. Off by default: every
   * trial runs to its end.
   */
  halving?: { firstEpochs: number; factor?: number | undefined } | undefined;
  /** Where a trial keeps its place between rungs; by default in memory. */
  checkpointFor?: ((trial: number) => CheckpointStore) | undefined;
  onTrial?: ((trial: Trial) => void) | undefined;
}

/** One line of the results. */
export interface Trial {
  trial: number;
  settings: Partial<TrainingOptions>;
  /** Epochs that it was given before it ended or was stopped. */
  epochs: number;
  stopped: boolean;
  validationLoss: number;
  validationAccuracy: number;
  /** Why it has no results: a learning rate that was too high, say. */
  failure?: string | undefined;
}

export interface SweepResult {
  /** The best first: those that went furthest, by validation loss. */
  trials: Trial[];
  best: Trial;
  /** The best trial's net; its test accuracy was measured this once. `dispose` it. */
  trained: TrainedDeep;
  test: Evaluation | undefined;
}

type Settings = Partial<TrainingOptions>;

const isRange = (values: Values<unknown>): values is Range => !Array.isArray(values);

function grid(space: SearchSpace): Settings[] {
  let settings: Settings[] = [{}];
  for (const [name, values] of Object.entries(space)) {
    if (isRange(values))
      throw new ModelInputError('VALUE', `Sweep: a grid wants listed values for ${name}`);
    settings = settings.flatMap((before) =>
      (values as readonly unknown[]).map((value) => ({ ...before, [name]: value })),
    );
  }
  return settings;
}

function draw(values: Values<unknown>, random: Random): unknown {
  if (!isRange(values)) return values[random.below(values.length)];
  const { least, most, scale = 'linear' } = values;
  const share = random.next();
  return scale === 'log' ? least * (most / least) ** share : least + share * (most - least);
}

function settingsOf({ space, search = { kind: 'grid' }, options = {} }: SweepInput): Settings[] {
  for (const [name, values] of Object.entries(space))
    if (!isRange(values) && values.length === 0)
      throw new ModelInputError('VALUE', `Sweep: no values for ${name}`);
  if (search.kind === 'grid') return grid(space);
  const random = seededRandom(`${options.seed ?? 1}:sweep`);
  const one = () =>
    Object.fromEntries(
      Object.entries(space).map(([name, values]) => [name, draw(values, random)]),
    ) as Settings;
  return Array.from({ length: search.trials }, one);
}

/** After how many epochs trials are compared, the last being all of them. */
export function rungsOf(epochs: number, halving: SweepInput['halving']): number[] {
  const rungs: number[] = [];
  const factor = halving?.factor ?? 3;
  if (halving && !(factor > 1 && halving.firstEpochs >= 1))
    throw new ModelInputError('VALUE', 'Sweep: halving wants a factor above 1 and 1 epoch or more');
  for (let at = halving?.firstEpochs ?? epochs; at < epochs; at *= factor)
    rungs.push(Math.floor(at));
  return [...rungs, epochs];
}

const byMerit = (a: Trial, b: Trial): number =>
  b.epochs - a.epochs || a.validationLoss - b.validationLoss;

/** A sweep under way: trials go from rung to rung, the worst stay behind. */
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

  /** A trial up to a rung; one that fails is out, the others go on. */
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
    const behind: Trial[] = [];
    let running = trials;
    for (const [at, rung] of rungs.entries()) {
      const reached: Trial[] = [];
      for (const trial of running) reached.push(await this.advance(trial, rung));
      const good = reached.filter(({ failure }) => failure === undefined).sort(byMerit);
      const factor = this.input.halving?.factor ?? 3;
      const last = at === rungs.length - 1;
      const kept = last ? good.length : Math.max(1, Math.ceil(good.length / factor));
      const out = [...good.slice(kept), ...reached.filter(({ failure }) => failure !== undefined)];
      behind.push(...out.map((trial) => ({ ...trial, stopped: true })));
      running = good.slice(0, kept);
      [...(last ? running : []), ...out].forEach((trial) => this.input.onTrial?.(trial));
    }
    return [...running, ...behind].sort(byMerit);
  }
}

/**
 * Trains a net with different hyper-parameters and keeps the best. Trials are compared by their
 * validation loss alone; test images are looked at once, with the net that was chosen.
 *
 * @throws ModelInputError `VALUE` without validation images, for a space that cannot be searched, or
 *   when every trial failed; otherwise as `trainDeep`
 */
export async function sweep(input: SweepInput): Promise<SweepResult> {
  if (!input.images.validation?.length)
    throw new ModelInputError('VALUE', 'A sweep compares on validation images, and there are none');
  const epochs = input.options?.epochs ?? input.net.defaults?.epochs ?? 20;
  const rungs = rungsOf(epochs, input.halving);
  const fresh = { epochs: 0, stopped: false, validationLoss: Infinity, validationAccuracy: 0 };
  const planned = settingsOf(input).map((settings, at) => ({ ...fresh, trial: at + 1, settings }));
  const run = new Sweep({ ...input, options: { ...input.options, epochs } });
  const trials = await run.run(rungs, planned);
  const [best] = trials;
  if (!best || best.failure !== undefined)
    throw new ModelInputError('VALUE', `No trial succeeded: ${best?.failure ?? 'there were none'}`);
  const trained = await run.train(best, epochs, ['validation', 'test']);
  return { trials, best, trained, test: trained.metrics.test };
}
