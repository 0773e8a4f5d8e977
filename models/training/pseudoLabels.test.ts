/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { findNeighbours } from '../acquisition/neighbours';
import { Pool } from '../acquisition/pool';
import { cosine, sketchRows, takeRows } from '../acquisition/sketch';
import { groupedFeatures } from '../testing/groupedFeatures';
import { fitHead } from './head';
import { fitWithPseudoLabels, assignPseudoLabels } from './pseudoLabels';
import { scoreHead } from './score';

const [rows, groups, dimensions] = [240, 4, 24];

/** Draws overlapping groups. Row r belongs to group r % groups. */
function overlappingGroups(noise: number) {
  const features = groupedFeatures({ rows, groups, dimensions, noise, seed: 3 });
  return {
    features,
    pool: new Pool(rows, dimensions, () => features),
    read: (rowsToRead: Int32Array) => takeRows(features, dimensions, rowsToRead),
    labelled: Int32Array.from({ length: groups }, (_, row) => row),
    labels: Int32Array.from({ length: groups }, (_, row) => row),
    classes: groups,
    dimensions,
  };
}

describe('pseudo-labels', () => {
  it('give rows the class of their group, but skip labelled and withheld rows', async () => {
    const withheld = Int32Array.of(10, 11, 12);
    const pseudoLabels = await assignPseudoLabels({ ...overlappingGroups(0.3), withheld });
    const correct = pseudoLabels.rows.filter(
      (row, index) => row % groups === pseudoLabels.labels[index],
    );
    expect(correct.length / pseudoLabels.rows.length).toBeGreaterThan(0.95);
    expect([...pseudoLabels.rows].filter((row) => row < groups || withheld.includes(row))).toEqual(
      [],
    );
  });

  it('never weigh more in total than the labels that they come from', async () => {
    const { weights } = await assignPseudoLabels(overlappingGroups(0.3));
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThan(groups + 1e-3);
    expect(weights.every((weight) => weight > 0)).toBe(true);
  });

  it('improve a head with one label per class on unseen rows', async () => {
    const input = overlappingGroups(0.9);
    const { features, read, labelled, labels, classes } = input;
    const accuracy = async (head: Awaited<ReturnType<typeof fitHead>>) => {
      const { classIndex } = await scoreHead({ head, dimensions, classes, features, rows });
      return classIndex.filter((label, row) => label === row % groups).length / rows;
    };
    const shape = { dimensions, classes, labels };
    const supervised = await fitHead({ ...shape, features: read(labelled), rows: groups });
    expect(await accuracy(await fitWithPseudoLabels(input))).toBeGreaterThan(
      (await accuracy(supervised)) + 0.03,
    );
  });

  it('accept identical images, and refuse rows outside the pool', async () => {
    const pool = new Pool(6, 4, () => new Float32Array(24).fill(10));
    const [labelled, labels] = [Int32Array.of(0, 1), Int32Array.of(0, 1)];
    const pseudoLabels = await assignPseudoLabels({ pool, labelled, labels, classes: 2 });
    expect([...pseudoLabels.weights].every(Number.isFinite)).toBe(true);
    const outside = Int32Array.of(0, 6);
    await expect(
      assignPseudoLabels({ pool, labelled: outside, labels, classes: 2 }),
    ).rejects.toThrow('row 6 is outside 0 to 5');
  });
});

describe('neighbours', () => {
  it('are the rows with the largest cosines, without the row itself', async () => {
    const { features } = overlappingGroups(0.9);
    const sketch = await sketchRows(features, rows, dimensions);
    const neighbours = await findNeighbours(sketch, 5);
    const others = Array.from({ length: rows }, (_, row) => row).filter((row) => row !== 17);
    others.sort((a, b) => cosine(sketch, 17, b) - cosine(sketch, 17, a));
    expect(Array.from(neighbours.ids.subarray(17 * 5, 18 * 5))).toEqual(others.slice(0, 5));
  });

  it('are fewer if there are few rows, and none for a single row', async () => {
    const three = await sketchRows(Float32Array.of(1, 0, 0, 1, 1, 1), 3, 2);
    expect((await findNeighbours(three, 5)).count).toBe(2);
    const one = await sketchRows(Float32Array.of(1, 0), 1, 2);
    expect((await findNeighbours(one, 5)).ids).toHaveLength(0);
  });
});
