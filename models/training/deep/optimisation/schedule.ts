/** How the learning rate changes during training. */
export type Schedule =
  | { kind: 'constant' }
  /** Multiplied by `factor` every `everyEpochs` epochs. */
  | { kind: 'step'; everyEpochs: number; factor: number }
  /** Half a cosine, down to the share `final` (default 0) at the end (Loshchilov & Hutter 2017). */
  | { kind: 'cosine'; final?: number | undefined }
  /** Multiplied by `factor` over each epoch, in small steps. */
  | { kind: 'exponential'; factor: number }
  /** Multiplied by `factor` whenever the validation loss did not improve for `patience` epochs. */
  | { kind: 'plateau'; factor: number; patience: number };

export interface RateInput {
  learningRate: number;
  schedule: Schedule;
  /** Duration of the rise from 0, in epochs; may be a fraction. */
  warmUpEpochs: number;
  /** Total number of epochs. */
  epochs: number;
}

/** Counts how often `patience` epochs in a row did not improve on the lowest loss so far. */
export function countPlateaus(losses: readonly number[], patience: number): number {
  let [best, epochsWithoutGain, count] = [Infinity, 0, 0];
  for (const loss of losses) {
    if (loss < best) [best, epochsWithoutGain] = [loss, 0];
    else if (++epochsWithoutGain >= patience) [epochsWithoutGain, count] = [0, count + 1];
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
      return schedule.factor ** countPlateaus(losses, schedule.patience);
  }
}

/**
 * Computes the learning rate of a step.
 *
 * @param position completed epochs, plus the completed share of the current one
 * @param losses the validation loss of each epoch so far; plateaus are counted from these, so that
 *   resuming from a checkpoint needs no other state
 */
export function learningRateAt(
  input: RateInput,
  position: number,
  losses: readonly number[],
): number {
  const { learningRate, warmUpEpochs } = input;
  const warmUpFactor = warmUpEpochs > 0 ? Math.min(1, position / warmUpEpochs) : 1;
  return learningRate * warmUpFactor * factorAt(input, position, losses);
}
