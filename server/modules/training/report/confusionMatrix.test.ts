import { ConfusionMatrix } from './confusionMatrix';

const cell = (classId: string, predictedClassId: string, count: number) => ({
  classId,
  predictedClassId,
  count,
});

test('counts the missed images of a class and its false predictions', () => {
  const cells = [cell('cat', 'cat', 6), cell('cat', 'dog', 2), cell('dog', 'dog', 4)];
  expect(new ConfusionMatrix(cells).classes).toEqual([
    { classId: 'cat', labels: 8, precision: 1, recall: 0.75 },
    { classId: 'dog', labels: 4, precision: 4 / 6, recall: 1 },
  ]);
});

test('gives null instead of a share of nothing', () => {
  expect(new ConfusionMatrix().classes).toEqual([]);
  expect(new ConfusionMatrix([cell('cat', 'dog', 1)]).classes).toEqual([
    { classId: 'cat', labels: 1, precision: null, recall: 0 },
    { classId: 'dog', labels: 0, precision: 0, recall: null },
  ]);
});

test('keeps the stored order of cells and of equally frequent classes after a read of the largest cells', () => {
  const cells = [cell('cat', 'dog', 1), cell('dog', 'dog', 5), cell('cat', 'cat', 4)];
  const matrix = new ConfusionMatrix(cells);
  expect(matrix.largest(2)).toEqual([cells[1], cells[2]]);
  expect(matrix.largest(3)).toEqual(cells);
  expect(matrix.largest(-1)).toEqual([]);
  expect(matrix.classes.map(({ classId }) => classId)).toEqual(['cat', 'dog']);
});
