import {
  add,
  div,
  mul,
  sqrt,
  square,
  sub,
  tensor,
  tidy,
  variable,
  zerosLike,
  type NamedTensorMap,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import { ModelInputError } from '../../../errors';

/** The optimizer and its parameters. */
export type OptimizerOptions =
  | { kind: 'sgd' }
  /** Polyak momentum: v = momentum · v + g; w -= rate · v. */
  | { kind: 'momentum'; momentum: number; nesterov?: boolean | undefined }
  /**
   * RMSprop (Tieleman & Hinton 2012): s = decay · s + (1 - decay) · g²; w -= rate · g / (√s + ε).
   */
  | { kind: 'rmsprop'; decay?: number | undefined; epsilon?: number | undefined }
  /** Adam (Kingma & Ba 2015) with bias correction. */
  | {
      kind: 'adam';
      beta1?: number | undefined;
      beta2?: number | undefined;
      epsilon?: number | undefined;
    };

/** The state of an optimizer: its number of steps, and its slots in the order of the variables. */
export interface OptimizerState {
  steps: number;
  slots: Float32Array[];
}

const slotCounts = { sgd: 0, momentum: 1, rmsprop: 1, adam: 2 } as const;

/** Updates weights by gradients. Its state can be saved and restored. */
export class Optimizer {
  private steps = 0;
  private readonly slots: Variable[][];

  constructor(
    private readonly options: OptimizerOptions,
    private readonly variables: readonly Variable[],
  ) {
    const zeroSlot = (weight: Variable) => tidy(() => variable(zerosLike(weight), false));
    this.slots = variables.map((weight) =>
      Array.from({ length: slotCounts[options.kind] }, () => zeroSlot(weight)),
    );
  }

  /** Takes one step. Gradients are keyed by variable name, and the caller disposes them. */
  step(gradients: NamedTensorMap, rate: number): void {
    this.steps++;
    for (const [index, weights] of this.variables.entries()) {
      const gradient = gradients[weights.name];
      if (!gradient) continue;
      tidy(() =>
        weights.assign(sub(weights, this.computeUpdate(gradient, this.slots[index]!, rate))),
      );
    }
  }

  /** Computes the update to subtract from the weights, and updates the slots. */
  private computeUpdate(gradient: Tensor, [first, second]: Variable[], rate: number): Tensor {
    const { options } = this;
    if (options.kind === 'sgd' || !first) return mul(gradient, rate);
    if (options.kind === 'momentum') {
      first.assign(add(mul(first, options.momentum), gradient));
      return mul(options.nesterov ? add(mul(first, options.momentum), gradient) : first, rate);
    }
    if (options.kind === 'rmsprop' || !second) {
      const { decay = 0.9, epsilon = 1e-7 } = options as { decay?: number; epsilon?: number };
      first.assign(movingAverage(first, square(gradient), decay));
      return div(mul(gradient, rate), add(sqrt(first), epsilon));
    }
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
    first.assign(movingAverage(first, gradient, beta1));
    second.assign(movingAverage(second, square(gradient), beta2));
    const corrected = (rate * Math.sqrt(1 - beta2 ** this.steps)) / (1 - beta1 ** this.steps);
    return div(mul(first, corrected), add(sqrt(second), epsilon));
  }

  /** Reads the state. */
  async state(): Promise<OptimizerState> {
    const slots: Float32Array[] = [];
    for (const slot of this.slots.flat()) slots.push(new Float32Array(await slot.data()));
    return { steps: this.steps, slots };
  }

  /**
   * Restores a saved state.
   *
   * @throws ModelInputError `SHAPE` for the state of other variables
   */
  restore({ steps, slots }: OptimizerState): void {
    const currentSlots = this.slots.flat();
    if (
      slots.length !== currentSlots.length ||
      slots.some((values, index) => values.length !== currentSlots[index]!.size)
    )
      throw new ModelInputError('SHAPE', 'The optimizer state belongs to other weights');
    this.steps = steps;
    for (const [index, slot] of currentSlots.entries())
      tidy(() => slot.assign(tensor(slots[index]!, slot.shape)));
  }

  dispose(): void {
    for (const slot of this.slots.flat()) slot.dispose();
  }
}

const movingAverage = (previous: Tensor, current: Tensor, decay: number): Tensor =>
  add(mul(previous, decay), mul(current, 1 - decay));
