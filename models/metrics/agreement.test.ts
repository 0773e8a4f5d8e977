import {
  cohensKappa,
  groupAgreement,
  pairAgreements,
  peerAgreements,
  shareDifference,
} from './agreement';
import type { Answers } from '../consensus/answers';

/** Reads answers from a table: one line per annotator, '.' for a missing answer. */
function fromTable(lines: readonly string[], classes: number): Answers {
  const triples = lines.flatMap((line, annotator) =>
    line.split(' ').flatMap((cell, row) => (cell === '.' ? [] : [[row, annotator, Number(cell)]])),
  );
  const column = (part: number) => Int32Array.from(triples, (triple) => triple[part]!);
  const rows = lines[0]!.split(' ').length;
  const [row, annotator, answer] = [column(0), column(1), column(2)];
  return { rows, classes, annotators: lines.length, row, annotator, answer };
}

/** The example of Krippendorff (2011), section C: four observers, twelve units, with gaps. */
const withGaps = fromTable(
  [
    '1 2 3 3 2 1 4 1 2 . . .',
    '1 2 3 3 2 2 4 1 2 5 . 3',
    '. 3 3 3 2 3 4 2 2 5 1 .',
    '1 2 3 3 2 4 4 1 2 5 1 .',
  ],
  6,
);

describe("Krippendorff's alpha", () => {
  it('gives the published values: two observers, and four with gaps', async () => {
    const binary = fromTable(['0 1 0 0 0 0 0 0 1 0', '1 1 1 0 0 1 0 0 0 0'], 2);
    expect((await groupAgreement(binary))?.alpha?.value).toBeCloseTo(0.095, 3);
    const nominal = fromTable(['0 0 1 1 3 2 2 2 4 3 3 0', '1 0 1 1 1 2 2 2 4 3 3 3'], 5);
    expect((await groupAgreement(nominal))?.alpha?.value).toBeCloseTo(0.692, 3);
    expect((await groupAgreement(withGaps))?.alpha?.value).toBeCloseTo(0.743, 3);
  });

  it('leaves out images with one answer, and has an interval around the value', async () => {
    const { images, alpha } = (await groupAgreement(withGaps))!;
    expect(images).toBe(11);
    expect(alpha!.low).toBeLessThan(alpha!.value);
    expect(alpha!.high).toBeGreaterThan(alpha!.value);
    expect(alpha!.high).toBeLessThanOrEqual(1);
  });

  it('is undefined without overlap or variation, and negative if all disagree', async () => {
    expect(await groupAgreement(fromTable(['0 . 1', '. 1 .'], 2))).toBeUndefined();
    const alike = await groupAgreement(fromTable(['1 1', '1 1'], 2));
    expect(alike).toEqual({ images: 2, agreed: 1, alpha: undefined });
    const opposed = (await groupAgreement(fromTable(['0 1 0 1', '1 0 1 0'], 2)))!;
    expect(opposed.agreed).toBe(0);
    expect(opposed.alpha!.value).toBeLessThan(0);
  });
});

describe("Cohen's kappa", () => {
  const repeat = (value: number, times: number) => Array<number>(times).fill(value);

  it('gives 0.4 for 20 and 15 agreements against 5 and 10 disagreements', () => {
    const first = Int32Array.from([...repeat(1, 25), ...repeat(0, 25)]);
    const ones = [...repeat(1, 20), ...repeat(0, 5)];
    const second = Int32Array.from([...ones, ...repeat(1, 10), ...repeat(0, 15)]);
    const kappa = cohensKappa(first, second)!;
    expect(kappa.value).toBeCloseTo(0.4);
    // The Clopper-Pearson interval for 35 of 50 is 0.554 to 0.821. Chance agreement is 0.5.
    expect(kappa.low).toBeCloseTo(0.108, 2);
    expect(kappa.high).toBeCloseTo(0.643, 2);
  });

  it('has a wide interval for three agreements, and is undefined for a single class', () => {
    const three = Int32Array.of(0, 1, 2);
    expect(cohensKappa(three, three)).toMatchObject({ value: 1, high: 1 });
    expect(cohensKappa(three, three)!.low).toBeLessThan(0.1);
    expect(cohensKappa(Int32Array.of(1, 1), Int32Array.of(1, 1))).toBeUndefined();
    expect(cohensKappa(new Int32Array(0), new Int32Array(0))).toBeUndefined();
  });

  it('compares every pair on the images that both answered, and on no others', () => {
    const table = fromTable(['0 1 1 .', '0 0 . .', '. . 1 1'], 2);
    const pairs = pairAgreements(table, 10);
    expect(pairs.map(({ a, b, images, agreed }) => [a, b, images, agreed])).toEqual([
      [0, 1, 2, 0.5],
      [0, 2, 1, 1],
    ]);
  });
});

describe('an annotator compared with the others', () => {
  it('counts images where the others have a majority, and leaves out the rest', () => {
    const agreements = peerAgreements(fromTable(['0 0 1 1', '0 1 1 .', '0 1 0 .'], 2));
    // In row 1 the first annotator disagrees with the other two. Row 2 has no majority of others.
    expect(agreements[0]).toEqual({ images: 2, agreed: 1 });
    expect(agreements[2]).toEqual({ images: 2, agreed: 1 });
  });

  it('gives a difference of shares whose interval contains 0 if both are equal', () => {
    // Newcombe's example: 56 of 70 and 48 of 80 differ by 0.2, with an interval of 0.05 to 0.34.
    const clear = shareDifference({ right: 56, count: 70 }, { right: 48, count: 80 })!;
    expect(clear.value).toBeCloseTo(0.2);
    expect(clear.low).toBeGreaterThan(0.03);
    expect(clear.low).toBeLessThan(0.06);
    expect(clear.high).toBeCloseTo(0.34, 1);
    const alike = shareDifference({ right: 5, count: 10 }, { right: 5, count: 10 })!;
    expect(alike.low).toBeLessThan(0);
    expect(alike.high).toBeGreaterThan(0);
    expect(shareDifference({ right: 0, count: 0 }, { right: 1, count: 1 })).toBeUndefined();
  });
});
