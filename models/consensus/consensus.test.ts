import { seededRandom } from '../numeric/random';
import { activeLabScores, secondOpinions } from './activelab';
import type { Answers } from './answers';
import { crowdlab } from './crowdlab';
import { dawidSkene } from './dawidSkene';
import { majorityVote } from './majority';

type Triple = [row: number, annotator: number, answer: number];

/** Reads triples of row, annotator and answer: numbers separated by spaces, triples by commas. */
const triplesOf = (text: string): Triple[] =>
  text.split(', ').map((triple) => triple.split(' ').map(Number) as Triple);

function answersOf(rows: number, classes: number, annotators: number, triples: Triple[]): Answers {
  const column = (part: 0 | 1 | 2) => Int32Array.from(triples, (triple) => triple[part]);
  return { rows, classes, annotators, row: column(0), annotator: column(1), answer: column(2) };
}

/**
 * Simulates 400 images of 4 classes. A good, a fair and a bad annotator answer all of them. The
 * model is correct on 85 %.
 */
function simulated() {
  const random = seededRandom('crowd');
  const [rows, classes] = [400, 4];
  const truth = Int32Array.from({ length: rows }, () => random.below(classes));
  const otherClass = (label: number) => (label + 1 + random.below(classes - 1)) % classes;
  const errors = [0.05, 0.2, 0.45];
  const triples = [...truth].flatMap((label, row) =>
    errors.map((rate, person): Triple => [
      row,
      person,
      random.next() < rate ? otherClass(label) : label,
    ]),
  );
  const probabilities = new Float32Array(rows * classes).fill(0.1);
  truth.forEach((label, row) => {
    probabilities[row * classes + (random.next() < 0.15 ? otherClass(label) : label)] = 0.7;
  });
  return { truth, probabilities, answers: answersOf(rows, classes, 3, triples) };
}

const share = (a: Int32Array, b: Int32Array) => a.filter((k, i) => k === b[i]).length / a.length;
const isNumber = (values: ArrayLike<number>) => Array.from(values).every(Number.isFinite);

describe('majority vote', () => {
  it('takes the most votes, then the model, then the newest answer', () => {
    const answers = answersOf(4, 3, 3, [
      [0, 0, 1],
      [0, 1, 1],
      [0, 2, 2],
      [1, 0, 0],
      [1, 1, 2],
      [2, 0, 1],
    ]);
    expect(Array.from(majorityVote(answers))).toEqual([1, 2, 1, -1]);
    const model = new Float32Array(12).fill(0.1);
    model[3] = 0.8;
    expect(Array.from(majorityVote(answers, model))).toEqual([1, 0, 1, -1]);
  });

  it('refuses two answers by one annotator to one image, and unknown classes', () => {
    const twice = answersOf(1, 2, 1, [
      [0, 0, 0],
      [0, 0, 1],
    ]);
    expect(() => majorityVote(twice)).toThrow('annotator 0 answered row 0 twice');
    expect(() => majorityVote(answersOf(1, 2, 1, [[0, 0, 2]]))).toThrow(
      'class 2 is outside 0 to 1',
    );
  });
});

describe('CROWDLAB', () => {
  it('gives the hand-computed weights and quality', () => {
    // Both annotators answer rows 0 to 3 and agree on three. Only annotator 0 answers row 4.
    const answers = answersOf(5, 2, 2, [
      ...[0, 0, 1, 0].map((k, row): Triple => [row, 0, k]),
      ...[0, 0, 1, 1].map((k, row): Triple => [row, 1, k]),
      [4, 0, 0],
    ]);
    const probabilities = Float32Array.of(0.9, 0.1, 0.8, 0.2, 0.3, 0.7, 0.4, 0.6, 0.2, 0.8);
    const { consensus, quality, weights } = crowdlab(answers, probabilities);
    // The model breaks row 3's tie: majority 0 0 1 1 0. A_MLC = 2/4 (class 0 is the most frequent),
    // s = 3/4 for both, A_M = 4/4, P = (1 + 1 + 1 + 1/2) / 4.
    expect(weights.answerAccuracy).toBeCloseTo(0.875);
    expect(Array.from(weights.annotators)).toEqual([expect.closeTo(0.5), expect.closeTo(0.5)]);
    expect(weights.model).toBeCloseTo(Math.sqrt(9 / 5));
    expect(Array.from(consensus)).toEqual([0, 0, 1, 1, 1]);
    const model = Math.sqrt(9 / 5);
    expect(quality[3]).toBeCloseTo((model * 0.6 + 0.5) / (model + 1), 4);
    expect(quality[4]).toBeCloseTo((model * 0.8 + 0.5 * 0.125) / (model + 0.5), 4);
  });

  it('beats the majority vote, and ranks annotators by their accuracy', () => {
    const { truth, answers, probabilities } = simulated();
    const result = crowdlab(answers, probabilities);
    const majority = share(majorityVote(answers), truth);
    expect(share(result.consensus, truth)).toBeGreaterThan(majority);
    expect(share(dawidSkene(answers).consensus, truth)).toBeGreaterThan(majority + 0.02);
    const [good, fair, bad] = Array.from(result.annotatorQuality);
    expect(good!).toBeGreaterThan(fair!);
    expect(fair!).toBeGreaterThan(bad!);
  });

  it('has more errors in the fifth with the lowest quality than in the rest', () => {
    const { truth, answers, probabilities } = simulated();
    const { consensus, quality } = crowdlab(answers, probabilities);
    const order = Array.from(quality.keys()).sort((a, b) => quality[a]! - quality[b]!);
    const errors = (rows: number[]) => rows.filter((row) => consensus[row] !== truth[row]).length;
    expect(errors(order.slice(0, 80))).toBeGreaterThan(errors(order.slice(80)));
  });

  it.each<[string, number, number, Triple[]]>([
    ['no answers', 3, 2, []],
    ['one annotator', 3, 1, triplesOf('0 0 0, 1 0 1, 2 0 1')],
    ['an annotator with a single answer', 2, 2, triplesOf('0 0 0, 1 0 1, 1 1 1')],
    ['no overlap', 2, 2, triplesOf('0 0 0, 1 1 1')],
    ['no agreement', 2, 3, triplesOf('0 0 0, 0 1 1, 0 2 2, 1 0 2, 1 1 0, 1 2 1')],
    ['one class only', 2, 2, triplesOf('0 0 0, 0 1 0, 1 0 0, 1 1 0')],
  ])('stays finite with %s', (_, rows, annotators, triples) => {
    const answers = answersOf(rows, 3, annotators, triples);
    const uniform = new Float32Array(rows * 3).fill(1 / 3);
    const result = crowdlab(answers, uniform);
    const { consensus, weights } = result;
    const scores = activeLabScores({ answers, probabilities: uniform, consensus, weights });
    for (const values of [result.quality, result.annotatorQuality, weights.annotators, scores])
      expect(isNumber(values)).toBe(true);
    expect(isNumber([weights.model, weights.meanAnnotator, weights.answerAccuracy])).toBe(true);
    const answered = new Set(triples.map(([row]) => row));
    const hasAnswers = [...consensus.keys()].map((row) => answered.has(row));
    expect(Array.from(consensus, (k) => k >= 0)).toEqual(hasAnswers);
  });

  it('works with one class, and refuses invalid probabilities', () => {
    const single = answersOf(1, 1, 1, [[0, 0, 0]]);
    expect(crowdlab(single, Float32Array.of(1)).quality[0]).toBeCloseTo(1);
    expect(() => crowdlab(single, Float32Array.of(NaN))).toThrow('row 0 holds NaN');
  });
});

describe('ActiveLab', () => {
  const triples: Triple[] = [0, 1].flatMap((person): Triple[] => [
    [0, person, 0],
    [1, person, 1],
    [2, person, 1 - person],
  ]);
  const answers = answersOf(5, 2, 2, [...triples, [3, 0, 1]]);
  const probabilities = Float32Array.of(0.9, 0.1, 0.1, 0.9, 0.5, 0.5, 0.8, 0.2, 0.55, 0.45);
  const { consensus, weights } = crowdlab(answers, probabilities);
  const scores = activeLabScores({ answers, probabilities, consensus, weights });

  it('scores images with full agreement above images with disagreement', () => {
    expect(scores[2]).toBeLessThan(scores[0]!);
    expect(scores[3]).toBeLessThan(scores[0]!);
  });

  it('requests second opinions for at least a quarter of a batch, the lowest score first', () => {
    const counts = Int32Array.of(2, 2, 2, 1, 0);
    const candidates = Int32Array.of(0, 1, 2, 3, 4);
    const repeated = secondOpinions({ scores, counts, candidates, batch: 4 });
    expect(repeated.length).toBeGreaterThanOrEqual(1);
    const lowest = Math.min(scores[2]!, scores[3]!);
    expect(scores[repeated[0]!]).toBe(lowest);
    const withoutAnswers = secondOpinions({
      scores,
      counts: new Int32Array(5),
      candidates,
      batch: 4,
    });
    expect(withoutAnswers).toHaveLength(0);
  });
});
