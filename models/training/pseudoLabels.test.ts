/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { findNeighbours } from '../acquisition/neighbours';
import { Pool } from '../acquisition/pool';
import { cosine, sketchRows, takeRows } from '../acquisition/sketch';
import { normaliseFeatures } from '../numeric/features';
import { seededRandom } from '../numeric/random';
import { fitHead } from './head';
import { fitWithPseudoLabels, assignPseudoLabels } from './pseudoLabels';
import { scoreHead } from './score';

const [rows, groups, dimensions] = [240, 4, 24];

/** Groups that overlap: row r belongs to group r % groups. */
function overlapping(noise: number) {
  const random = seededRandom(3);
  const centres = Float32Array.from({ length: groups * dimensions }, () => random.normal());
  const features = Float32Array.from({ length: rows * dimensions }, (_, i) => {
    const group = Math.floor(i / dimensions) % groups;
    return centres[group * dimensions + (i % dimensions)]! + noise * random.normal();
  });
  normaliseFeatures(features, dimensions, features);
  return {
    features,
    pool: new Pool(rows, dimensions, () => features),
    read: (wanted: Int32Array) => takeRows(features, dimensions, wanted),
    labelled: Int32Array.from({ length: groups }, (_, row) => row),
    labels: Int32Array.from({ length: groups }, (_, row) => row),
    classes: groups,
    dimensions,
  };
}

describe('lending labels to neighbours', () => {
  it('lends rows the class of their group, never to labelled or withheld ones', async () => {
    const withheld = Int32Array.of(10, 11, 12);
    const lent = await assignPseudoLabels({ ...overlapping(0.3), withheld });
    const right = lent.rows.filter((row, at) => row % groups === lent.labels[at]);
    expect(right.length / lent.rows.length).toBeGreaterThan(0.95);
    expect([...lent.rows].filter((row) => row < groups || withheld.includes(row))).toEqual([]);
  });

  it('never counts for more in all than the labels it comes from', async () => {
    const { weights } = await assignPseudoLabels(overlapping(0.3));
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThan(groups + 1e-3);
    expect(weights.every((weight) => weight > 0)).toBe(true);
  });

  it('makes a head of one label per class better on rows it never saw', async () => {
    const input = overlapping(0.9);
    const { features, read, labelled, labels, classes } = input;
    const accuracy = async (head: Awaited<ReturnType<typeof fitHead>>) => {
      const { classIndex } = await scoreHead({ head, dimensions, classes, features, rows });
      return classIndex.filter((label, row) => label === row % groups).length / rows;
    };
    const shape = { dimensions, classes, labels };
    const plain = await fitHead({ ...shape, features: read(labelled), rows: groups });
    expect(await accuracy(await fitWithPseudoLabels(input))).toBeGreaterThan(
      (await accuracy(plain)) + 0.03,
    );
  });

  it('copes with images all alike, and refuses rows outside the pool', async () => {
    const pool = new Pool(6, 4, () => new Float32Array(24).fill(10));
    const [labelled, labels] = [Int32Array.of(0, 1), Int32Array.of(0, 1)];
    const lent = await assignPseudoLabels({ pool, labelled, labels, classes: 2 });
    expect([...lent.weights].every(Number.isFinite)).toBe(true);
    const outside = Int32Array.of(0, 6);
    await expect(
      assignPseudoLabels({ pool, labelled: outside, labels, classes: 2 }),
    ).rejects.toThrow('row 6 is outside 0 to 5');
  });
});

describe('neighbours', () => {
  it('are the rows of the largest cosine, the row itself left out', async () => {
    const { features } = overlapping(0.9);
    const sketch = await sketchRows(features, rows, dimensions);
    const found = await findNeighbours(sketch, 5);
    const others = Array.from({ length: rows }, (_, row) => row).filter((row) => row !== 17);
    others.sort((a, b) => cosine(sketch, 17, b) - cosine(sketch, 17, a));
    expect(Array.from(found.ids.subarray(17 * 5, 18 * 5))).toEqual(others.slice(0, 5));
  });

  it('are fewer where there are fewer rows, and none of a single one', async () => {
    const three = await sketchRows(Float32Array.of(1, 0, 0, 1, 1, 1), 3, 2);
    expect((await findNeighbours(three, 5)).count).toBe(2);
    const one = await sketchRows(Float32Array.of(1, 0), 1, 2);
    expect((await findNeighbours(one, 5)).ids).toHaveLength(0);
  });
});
