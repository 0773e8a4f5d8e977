/** How the learning rate goes on from its first value. */
export type Schedule =
  | { kind: 'constant' }
  /** Times `factor` after every so many epochs. */
  | { kind: 'step'; everyEpochs: number; factor: number }
  /** Half a cosine down to `final` of it (default 0) at the last step (Loshchilov & Hutter 2017). */
  | { kind: 'cosine'; final?: number | undefined }
  /** Times `factor` from epoch to epoch, smoothly. */
  | { kind: 'exponential'; factor: number }
  /** Times `factor` whenever the validation loss has not improved for `patience` epochs. */
  | { kind: 'plateau'; factor: number; patience: number };

export interface RateInput {
  learningRate: number;
  schedule: Schedule;
  /** Epochs over which the rate first rises from 0; may be a fraction. */
  warmUpEpochs: number;
  /** Epochs in all. */
  epochs: number;
}

/** How often `patience` epochs in a row brought no lower loss than the best before them. */
export function plateaus(losses: readonly number[], patience: number): number {
  let [best, waited, count] = [Infinity, 0, 0];
  for (const loss of losses) {
    if (loss < best) [best, waited] = [loss, 0];
    else if (++waited >= patience) [waited, count] = [0, count + 1];
  }
  return count;
}

function factorAt({ schedule, epochs }: RateInput, position: number, losses: readonly number[]) {
  switch (schedule.kind) {
    case 'constant':
      return 1;
    case 'step':
      return schedule.factor ** Math.floor(position / schedule.everyEpochs);
    case 'cosine': {
      const { final = 0 } = schedule;
      const share = Math.min(1, position / epochs);
      return final + ((1 - final) * (1 + Math.cos(Math.PI * share))) / 2;
    }
    case 'exponential':
      return schedule.factor ** position;
    case 'plateau':
      return schedule.factor ** plateaus(losses, schedule.patience);
  }
}

/**
 * The learning rate of a step.
 *
 * @param position epochs done, with the share of the one under way
 * @param losses the validation loss after each epoch so far: a plateau is read from them, so that
 *   a training that goes on from a checkpoint needs nothing else
 */
export function rateAt(input: RateInput, position: number, losses: readonly number[]): number {
  const { learningRate, warmUpEpochs } = input;
  const warmth = warmUpEpochs > 0 ? Math.min(1, position / warmUpEpochs) : 1;
  return learningRate * warmth * factorAt(input, position, losses);
}
