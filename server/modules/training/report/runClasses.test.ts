import { runClasses } from './runClasses';

test('counts the missed images of a class and its false predictions', () => {
  const classes = runClasses([
    { classId: 'cat', predictedClassId: 'cat', count: 6 },
    { classId: 'cat', predictedClassId: 'dog', count: 2 },
    { classId: 'dog', predictedClassId: 'dog', count: 4 },
  ]);
  expect(classes).toEqual([
    { classId: 'cat', labels: 8, precision: 1, recall: 0.75 },
    { classId: 'dog', labels: 4, precision: 4 / 6, recall: 1 },
  ]);
});

test('gives null instead of a share of nothing', () => {
  expect(runClasses([])).toEqual([]);
  expect(runClasses([{ classId: 'cat', predictedClassId: 'dog', count: 1 }])).toEqual([
    { classId: 'cat', labels: 1, precision: null, recall: 0 },
    { classId: 'dog', labels: 0, precision: 0, recall: null },
  ]);
});
