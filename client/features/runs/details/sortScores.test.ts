import { sortScores } from './sortScores';

const score = (name: string, labels: number, precision: number | null, recall: number | null) => ({
  class: { name },
  labels,
  precision,
  recall,
});
const scores = [score('dog', 9, null, 0.5), score('cat', 3, 0.2, 0.5), score('ant', 5, 0.1, null)];
const names = (by: Parameters<typeof sortScores>[1]) =>
  sortScores(scores, by).map((one) => one.class.name);

it('sorts ascending, breaks ties by name and puts unknown values last', () => {
  expect(names('recall')).toEqual(['cat', 'dog', 'ant']);
  expect(names('precision')).toEqual(['ant', 'cat', 'dog']);
  expect(names('labels')).toEqual(['cat', 'ant', 'dog']);
  expect(names('name')).toEqual(['ant', 'cat', 'dog']);
});

it('does not change its input', () => {
  sortScores(scores, 'name');
  expect(scores[0]?.class.name).toBe('dog');
});
