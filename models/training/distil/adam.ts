const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

/** Updates arrays in place by Adam (Kingma & Ba 2015). */
export class Adam {
  private steps = 0;
  private readonly means: Float32Array[];
  private readonly squares: Float32Array[];

  /** @param lengths of the weight arrays, in order */
  constructor(lengths: readonly number[]) {
    this.means = lengths.map((length) => new Float32Array(length));
    this.squares = lengths.map((length) => new Float32Array(length));
  }

  /** Takes one step. An array without a gradient does not change. */
  step(
    weights: readonly Float32Array[],
    gradients: readonly (Float32Array | undefined)[],
    rate: number,
  ): void {
    this.steps++;
    const scale = rate / (1 - beta1 ** this.steps);
    const correction = 1 / (1 - beta2 ** this.steps);
    for (const [index, weight] of weights.entries()) {
      const [mean, square, gradient] = [this.means[index]!, this.squares[index]!, gradients[index]];
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
