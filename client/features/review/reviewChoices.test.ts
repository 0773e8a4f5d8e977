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
const labelsOf = (...classes: (typeof cat)[]) =>
  classes.map((one, at) => ({
    id: String(at),
    class: one,
    person: { id: String(at), name: 'Ada' },
  }));
const review = {
  kind: 'LABEL_ERROR' as const,
  score: 0.9,
  givenClass: cat,
  suggestedClass: dog,
  otherImage: null,
};

test('offers the given class, the suggested class and the other answers, each once', () => {
  const { choices } = reviewKeys({ review, labels: labelsOf(fish, cat, dog) }, [cat, dog, fish]);
  expect(choices.map(({ text, key }) => [text, key])).toEqual([
    ['Keep cat', '1'],
    ['Change to dog', '2'],
    ['Change to fish', '3'],
  ]);
});

test('offers the answers of a disagreement without a suggestion', () => {
  const unsettled = { ...review, kind: 'DISAGREEMENT' as const, suggestedClass: null };
  const { choices } = reviewKeys({ review: unsettled, labels: labelsOf(cat, fish) }, [
    cat,
    dog,
    fish,
  ]);
  expect(choices.map(({ text }) => text)).toEqual(['Keep cat', 'Change to fish']);
});

test('maps hotkeys to classes, and a class keeps a digit as its hotkey', () => {
  const one = classOf('bird', '1');
  const keys = reviewKeys({ review, labels: [] }, [cat, dog, one]);
  expect(keys.classOf.get('w')).toBe(dog);
  expect(keys.classOf.get('1')).toBe(one);
  expect(keys.choices.map(({ key }) => key)).toEqual([null, '2']);
});

describe('a key', () => {
  const keys = reviewKeys({ review, labels: [] }, [cat, dog, fish]);
  const press = (key: string, modifiers: object = {}, pressedOn = keys) =>
    commandOf({ key, ctrlKey: false, metaKey: false, altKey: false, ...modifiers }, pressedOn);

  test('answers with the class that it belongs to', () => {
    expect(press('2')).toEqual({ type: 'answer', class: dog });
    expect(press('E')).toEqual({ type: 'answer', class: fish });
  });

  test('undoes the last answer, as on the label page', () => {
    expect(press('Backspace')).toEqual({ type: 'undo' });
    expect(press('z', { ctrlKey: true })).toEqual({ type: 'undo' });
    expect(press('Z', { metaKey: true })).toEqual({ type: 'undo' });
  });

  test('does nothing without a class or with another modifier', () => {
    expect(press('z')).toBeNull();
    expect(press('q', { ctrlKey: true })).toBeNull();
    expect(press('q', { altKey: true })).toBeNull();
  });

  test('undoes even if nothing is left to answer', () => {
    expect(press('Backspace', {}, reviewKeys(undefined, []))).toEqual({ type: 'undo' });
  });
});
