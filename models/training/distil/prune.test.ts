import { seededRandom } from '../../numeric/random';
import { invertSymmetric, pruneInputs, type Moments } from './prune';

const random = seededRandom('pruning');

/** Computes the moments of a regression of y on x. */
function momentsOf(x: number[][], y: number[][]): Moments {
  const [inputs, outputs, rows] = [x[0]!.length, y[0]!.length, x.length];
  const mean = (rowsToAverage: number[][], j: number) =>
    rowsToAverage.reduce((sum, row) => sum + row[j]!, 0) / rows;
  const meanInput = Float64Array.from({ length: inputs }, (_, j) => mean(x, j));
  const meanOutput = Float64Array.from({ length: outputs }, (_, k) => mean(y, k));
  const covariance = new Float64Array(inputs * inputs);
  const cross = new Float64Array(inputs * outputs);
  for (const [index, row] of x.entries())
    for (let i = 0; i < inputs; i++) {
      const a = row[i]! - meanInput[i]!;
      for (let j = 0; j < inputs; j++) covariance[i * inputs + j]! += a * (row[j]! - meanInput[j]!);
      for (let k = 0; k < outputs; k++)
        cross[i * outputs + k]! += a * (y[index]![k]! - meanOutput[k]!);
    }
  return { inputs, outputs, rows, covariance, cross, meanInput, meanOutput };
}

const drawRows = (rows: number, columns: number) =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.normal() + 1));

describe('pruning a linear map', () => {
  it('drops irrelevant inputs and finds the map of the others, including the bias', () => {
    const x = drawRows(200, 5);
    const y = x.map((row) => [2 * row[1]! - row[3]! + 7]);
    const { keptInputs, kernel, bias } = pruneInputs(momentsOf(x, y), 2);
    expect(Array.from(keptInputs)).toEqual([1, 3]);
    expect(kernel[0]).toBeCloseTo(2, 2);
    expect(kernel[1]).toBeCloseTo(-1, 2);
    expect(bias[0]).toBeCloseTo(7, 1);
  });

  it('moves the weight of a removed input to its duplicate', () => {
    const x = drawRows(200, 2).map(([a, b]) => [a!, a!, b!]);
    const y = x.map(([a, duplicate, b]) => [a! + duplicate! + 3 * b!]);
    const { keptInputs, kernel } = pruneInputs(momentsOf(x, y), 2);
    expect(keptInputs).toHaveLength(2);
    expect(keptInputs[1]).toBe(2);
    expect(kernel[0]).toBeCloseTo(2, 2);
    expect(kernel[1]).toBeCloseTo(3, 2);
  });

  it('refuses to keep no inputs, or more than exist', () => {
    const moments = momentsOf(drawRows(9, 2), drawRows(9, 1));
    expect(() => pruneInputs(moments, 0)).toThrow('Keep 1 to 2');
    expect(() => pruneInputs(moments, 3)).toThrow('Keep 1 to 2');
  });
});

describe('inverting', () => {
  it('gives a matrix whose product with the original is the identity', () => {
    const a = Float64Array.of(4, 1, 1, 1, 3, 0, 1, 0, 2);
    const inverse = Float64Array.from(a);
    invertSymmetric(inverse, 3);
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) {
        let sum = 0;
        for (let k = 0; k < 3; k++) sum += a[i * 3 + k]! * inverse[k * 3 + j]!;
        expect(sum).toBeCloseTo(i === j ? 1 : 0, 10);
      }
  });

  it('refuses a matrix that is not positive definite', () => {
    expect(() => invertSymmetric(Float64Array.of(0, 1, 1, 0), 2)).toThrow('not positive');
  });
});
