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

/** How a gradient moves the weights. */
export type OptimizerOptions =
  | { kind: 'sgd' }
  /** Polyak's heavy ball: v = momentum · v + g; w -= rate · v. */
  | { kind: 'momentum'; momentum: number; nesterov?: boolean | undefined }
  /** Tieleman & Hinton 2012: s = decay · s + (1 - decay) · g²; w -= rate · g / (√s + ε). */
  | { kind: 'rmsprop'; decay?: number | undefined; epsilon?: number | undefined }
  /** Kingma & Ba 2015, with its correction of the first steps. */
  | {
      kind: 'adam';
      beta1?: number | undefined;
      beta2?: number | undefined;
      epsilon?: number | undefined;
    };

/** What an optimizer remembers: its slots, in the order of variables and slots, and its steps. */
export interface OptimizerState {
  steps: number;
  slots: Float32Array[];
}

const slotsOf = { sgd: 0, momentum: 1, rmsprop: 1, adam: 2 } as const;

/** Moves weights along gradients, and can be put away and taken up again. */
export class Optimizer {
  private steps = 0;
  private readonly slots: Variable[][];

  constructor(
    private readonly options: OptimizerOptions,
    private readonly variables: readonly Variable[],
  ) {
    const fresh = (of: Variable) => tidy(() => variable(zerosLike(of), false));
    this.slots = variables.map((of) =>
      Array.from({ length: slotsOf[options.kind] }, () => fresh(of)),
    );
  }

  /** One step; takes the gradients by the variables' names and leaves them to their owner. */
  step(gradients: NamedTensorMap, rate: number): void {
    this.steps++;
    for (const [at, weights] of this.variables.entries()) {
      const gradient = gradients[weights.name];
      if (!gradient) continue;
      tidy(() => weights.assign(sub(weights, this.move(gradient, this.slots[at]!, rate))));
    }
  }

  /** What the weights are to be lessened by; the slots move on. */
  private move(gradient: Tensor, [first, second]: Variable[], rate: number): Tensor {
    const { options } = this;
    if (options.kind === 'sgd' || !first) return mul(gradient, rate);
    if (options.kind === 'momentum') {
      first.assign(add(mul(first, options.momentum), gradient));
      return mul(options.nesterov ? add(mul(first, options.momentum), gradient) : first, rate);
    }
    if (options.kind === 'rmsprop' || !second) {
      const { decay = 0.9, epsilon = 1e-7 } = options as { decay?: number; epsilon?: number };
      first.assign(average(first, square(gradient), decay));
      return div(mul(gradient, rate), add(sqrt(first), epsilon));
    }
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
    first.assign(average(first, gradient, beta1));
    second.assign(average(second, square(gradient), beta2));
    const corrected = (rate * Math.sqrt(1 - beta2 ** this.steps)) / (1 - beta1 ** this.steps);
    return div(mul(first, corrected), add(sqrt(second), epsilon));
  }

  async state(): Promise<OptimizerState> {
    const slots: Float32Array[] = [];
    for (const slot of this.slots.flat()) slots.push(new Float32Array(await slot.data()));
    return { steps: this.steps, slots };
  }

  /** @throws ModelInputError `SHAPE` for the state of other variables */
  restore({ steps, slots }: OptimizerState): void {
    const own = this.slots.flat();
    if (slots.length !== own.length || slots.some((values, at) => values.length !== own[at]!.size))
      throw new ModelInputError('SHAPE', 'The optimizer state is that of other weights');
    this.steps = steps;
    for (const [at, slot] of own.entries()) tidy(() => slot.assign(tensor(slots[at]!, slot.shape)));
  }

  dispose(): void {
    for (const slot of this.slots.flat()) slot.dispose();
  }
}

const average = (before: Tensor, now: Tensor, keep: number): Tensor =>
  add(mul(before, keep), mul(now, 1 - keep));
