import { toPredictions } from './toPredictions';

test('rows carry the image, the class and the most likely classes, best first', () => {
  const scores = {
    classIndex: Int32Array.from([1, 0]),
    confidence: Float32Array.from([0.75, 0.5]),
    margin: Float32Array.from([0.5, 0.25]),
    entropy: Float32Array.from([0.25, 0.5]),
    topCount: 2,
    top: Int32Array.from([1, 0, 0, 2]),
    topConfidence: Float32Array.from([0.75, 0.25, 0.5, 0.25]),
  };
  const [first, second] = toPredictions('run', scores, ['a', 'b'], ['cat', 'dog', 'owl']);
  expect(first).toEqual({
    runId: 'run',
    imageId: 'a',
    classId: 'dog',
    confidence: 0.75,
    margin: 0.5,
    entropy: 0.25,
    topClassIds: ['dog', 'cat'],
    topConfidences: [0.75, 0.25],
  });
  expect(second).toMatchObject({ imageId: 'b', classId: 'cat', topClassIds: ['cat', 'owl'] });
});
