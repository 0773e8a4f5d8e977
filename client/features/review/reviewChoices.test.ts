import { commandOf, reviewKeys } from './reviewChoices';

const classOf = (name: string, hotkey: string) => ({
  id: name,
  name,
  hotkey,
  color: '#000000',
  position: 0,
  archived: false,
});
const [cat, dog, fish] = [classOf('cat', 'q'), classOf('dog', 'w'), classOf('fish', 'e')];
const said = (...classes: (typeof cat)[]) =>
  classes.map((one, at) => ({
    id: String(at),
    class: one,
    person: { id: String(at), name: 'Ada' },
  }));
const review = { kind: 'LABEL_ERROR' as const, score: 0.9, givenClass: cat, suggestedClass: dog, otherImage: null }; // prettier-ignore

test('offers what it is, what is suggested, and what else was said, each once', () => {
  const { choices } = reviewKeys({ review, labels: said(fish, cat, dog) }, [cat, dog, fish]);
  expect(choices.map(({ words, key }) => [words, key])).toEqual([
    ['Keep cat', '1'],
    ['Change to dog', '2'],
    ['Change to fish', '3'],
  ]);
});

test('a disagreement without a suggestion offers what people said', () => {
  const unsettled = { ...review, kind: 'DISAGREEMENT' as const, suggestedClass: null };
  const { choices } = reviewKeys({ review: unsettled, labels: said(cat, fish) }, [cat, dog, fish]);
  expect(choices.map(({ words }) => words)).toEqual(['Keep cat', 'Change to fish']);
});

test('letters pick classes, and a class keeps the digit it was given', () => {
  const one = classOf('bird', '1');
  const keys = reviewKeys({ review, labels: [] }, [cat, dog, one]);
  expect(keys.classOf.get('w')).toBe(dog);
  expect(keys.classOf.get('1')).toBe(one);
  expect(keys.choices.map(({ key }) => key)).toEqual([null, '2']);
});

describe('a key', () => {
  const keys = reviewKeys({ review, labels: [] }, [cat, dog, fish]);
  const press = (key: string, held: object = {}) =>
    commandOf({ key, ctrlKey: false, metaKey: false, altKey: false, ...held }, keys);

  test('answers with what stands beside it', () => {
    expect(press('2')).toEqual({ type: 'answer', class: dog });
    expect(press('E')).toEqual({ type: 'answer', class: fish });
  });

  test('takes back the last answer, as on the label page', () => {
    for (const undo of [
      press('Backspace'),
      press('z', { ctrlKey: true }),
      press('Z', { metaKey: true }),
    ])
      // prettier-ignore
      expect(undo).toEqual({ type: 'undo' });
  });

  test('means nothing without a class, or with a modifier that is the browser’s', () => {
    expect(press('z')).toBeNull();
    expect(press('q', { ctrlKey: true })).toBeNull();
    expect(press('q', { altKey: true })).toBeNull();
  });

  test('still takes back when nothing is left to answer', () => {
    expect(commandOf({ key: 'Backspace', ctrlKey: false, metaKey: false, altKey: false }, reviewKeys(undefined, []))).toEqual({ type: 'undo' }); // prettier-ignore
  });
});
