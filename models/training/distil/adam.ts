const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

/** Adam (Kingma & Ba 2015) on arrays, in place. */
export class Adam {
  private steps = 0;
  private readonly means: Float32Array[];
  private readonly squares: Float32Array[];

  /** @param lengths of the arrays that will be stepped, in order */
  constructor(lengths: readonly number[]) {
    this.means = lengths.map((length) => new Float32Array(length));
    this.squares = lengths.map((length) => new Float32Array(length));
  }

  /** An array without a gradient stays as it is. */
  step(
    weights: readonly Float32Array[],
    gradients: readonly (Float32Array | undefined)[],
    rate: number,
  ): void {
    this.steps++;
    const scale = rate / (1 - beta1 ** this.steps);
    const correction = 1 / (1 - beta2 ** this.steps);
    for (const [at, weight] of weights.entries()) {
      const [mean, square, gradient] = [this.means[at]!, this.squares[at]!, gradients[at]];
      if (!gradient) continue;
      for (let i = 0; i < weight.length; i++) {
        const slope = gradient[i]!;
        const m = (mean[i] = beta1 * mean[i]! + (1 - beta1) * slope);
        const v = (square[i] = beta2 * square[i]! + (1 - beta2) * slope * slope);
        weight[i]! -= (scale * m) / (Math.sqrt(v * correction) + epsilon);
      }
    }
  }
}
