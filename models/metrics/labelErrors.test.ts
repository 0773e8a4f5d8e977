import { normaliseFeatures } from '../numeric/features';
import { seededRandom } from '../numeric/random';
import { findConflictingNearDuplicates } from './conflictingNearDuplicates';
import { findLabelErrors } from './labelErrors';

/**
 * Builds 300 rows of 3 classes with label errors at some rows; the model is confident and correct.
 */
function withErrors(errorRows: readonly number[]) {
  const [rows, classes] = [300, 3];
  const truth = Int32Array.from({ length: rows }, (_, row) => row % classes);
  const labels = truth.map((k, row) => (errorRows.includes(row) ? (k + 1) % classes : k));
  const probabilities = new Float32Array(rows * classes).fill(0.001);
  truth.forEach((k, row) => (probabilities[row * classes + k] = 0.998));
  return { labels, probabilities, classes };
}

describe('label errors', () => {
  it('finds the label errors with their correct classes, and no other rows', () => {
    const wrong = [7, 100, 201];
    const { suspects, errorShare } = findLabelErrors(withErrors(wrong));
    expect(suspects.map(({ row }) => row).sort((a, b) => a - b)).toEqual(wrong);
    expect(suspects.every(({ row, suggested }) => suggested === row % 3)).toBe(true);
    expect(errorShare).toBeGreaterThan(0.005);
    expect(errorShare).toBeLessThan(0.04);
  });

  it('suspects nothing where the model agrees with every label', () => {
    expect(findLabelErrors(withErrors([]))).toMatchObject({ suspects: [], jointShare: 0 });
  });

  it('does not check a class with few labels, or one that the model did not know', () => {
    const few = withErrors([7]);
    const probabilities = new Float32Array(99 * 4).fill(0.01);
    const rare = { ...few, classes: 4, labels: few.labels.slice(0, 99), probabilities };
    rare.labels.forEach((k, row) => (rare.probabilities[row * 4 + k] = 0.97));
    rare.labels[5] = 3;
    expect(findLabelErrors(rare).suspects).toEqual([]);
    const known = new Uint8Array(300).fill(1);
    known[7] = 0;
    expect(findLabelErrors({ ...few, known }).suspects).toEqual([]);
    known[7] = 1;
    expect(findLabelErrors({ ...few, known }).suspects).toHaveLength(1);
  });

  it('refuses a single class, and finds nothing without rows', () => {
    const none = { labels: new Int32Array(0), probabilities: new Float32Array(0) };
    expect(() => findLabelErrors({ ...none, classes: 1 })).toThrow('need 2 classes, got 1');
    expect(findLabelErrors({ ...none, classes: 2 })).toEqual({
      suspects: [],
      errorShare: 0,
      jointShare: 0,
    });
  });
});

describe('conflicting near-duplicates', () => {
  const [rows, dimensions] = [60, 40];
  const random = seededRandom('duplicates');
  const raw = Float32Array.from({ length: rows * dimensions }, () => Math.abs(random.normal()));
  const copy = (from: number, to: number) => {
    for (let j = 0; j < dimensions; j++)
      raw[to * dimensions + j] = raw[from * dimensions + j]! * 2 + 0.02 * random.normal();
  };
  copy(3, 40);
  copy(5, 41);
  const features = normaliseFeatures(raw, dimensions);
  const labels = Int32Array.from({ length: rows }, (_, row) => row % 7);
  labels[41] = labels[5]!;

  it('finds near-duplicates with different labels, each once, and none with the same', () => {
    const pairs = findConflictingNearDuplicates({ features, rows, dimensions, labels });
    expect(pairs).toEqual([{ a: 3, b: 40, cosine: expect.closeTo(1, 1) as number }]);
    expect(pairs[0]!.cosine).toBeGreaterThan(0.97);
  });

  it('finds the pair from either row if only that row changed, and nothing from other rows', () => {
    const changed = (row: number) =>
      findConflictingNearDuplicates({
        features,
        rows,
        dimensions,
        labels,
        changed: Int32Array.of(row),
      });
    expect(changed(3)).toHaveLength(1);
    expect(changed(40)).toHaveLength(1);
    expect(changed(10)).toEqual([]);
  });

  it('matches no rows of zeros, and accepts a single row', () => {
    const empty = { features: new Float32Array(8), rows: 2, dimensions: 4 };
    expect(findConflictingNearDuplicates({ ...empty, labels: Int32Array.of(0, 1) })).toEqual([]);
    const one = { features: new Float32Array(4), rows: 1, dimensions: 4 };
    expect(findConflictingNearDuplicates({ ...one, labels: Int32Array.of(0) })).toEqual([]);
  });
});
