import { checkEvents, countDoubleAssignments, totalFaults } from './eventCheck';

const happened = new Set(['label:1', 'label:2', 'run:1']);
const right = ['label:1', 'label:2', 'run:1'];

describe('checking what subscribers received', () => {
  it('finds no fault when everyone received everything once, in one order', () => {
    const verdict = checkEvents(happened, [right, right, right]);
    expect(totalFaults(verdict)).toBe(0);
  });

  it('counts what one of them missed', () => {
    expect(checkEvents(happened, [right, ['label:1', 'run:1']])).toMatchObject({ missed: 1 });
  });

  it('counts what all of them missed', () => {
    expect(checkEvents(happened, [['run:1'], ['run:1']])).toMatchObject({ missed: 4 });
  });

  it('counts a repeat after a reconnection', () => {
    const repeated = ['label:1', 'label:2', 'label:2', 'run:1'];
    expect(checkEvents(happened, [right, repeated])).toMatchObject({ repeated: 1, misordered: 0 });
  });

  it('counts another order', () => {
    const swapped = ['label:2', 'label:1', 'run:1'];
    expect(checkEvents(happened, [right, swapped])).toMatchObject({ misordered: 1, missed: 0 });
  });

  it('counts an event that nobody caused', () => {
    expect(checkEvents(happened, [[...right, 'label:9']])).toMatchObject({ unexpected: 1 });
  });
});

describe('counting double assignments', () => {
  const task = (imageId: string, annotator: number, from: number, to: number) => ({
    imageId,
    annotator,
    from,
    to,
  });

  it('counts an image that two annotators held at the same time', () => {
    expect(countDoubleAssignments([task('a', 0, 0, 10), task('a', 1, 5, 15)], ['a'])).toBe(1);
  });

  it('does not count an image that was released and leased again', () => {
    expect(countDoubleAssignments([task('a', 0, 0, 10), task('a', 1, 10, 15)], ['a'])).toBe(0);
  });

  it('counts an image that was labelled twice', () => {
    expect(countDoubleAssignments([], ['a', 'b', 'a'])).toBe(1);
  });
});
