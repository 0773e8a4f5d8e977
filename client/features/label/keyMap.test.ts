import { commandOf, keyMap } from './keyMap';

const one = (name: string, hotkey: string | null = null) => ({
  id: name,
  name,
  color: '#000000',
  hotkey,
  position: 0,
});
const key = (name: string, modifiers: Partial<KeyboardEvent> = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...modifiers,
});
const cat = one('cat', 'c');
const dog = one('dog');

it('maps digits to predictions and hotkeys to classes', () => {
  const keys = keyMap([cat, dog], [dog, cat]);
  expect(commandOf(key('1'), keys)).toEqual({ type: 'answer', class: dog });
  expect(commandOf(key('C'), keys)).toEqual({ type: 'answer', class: cat });
  expect(commandOf(key('3'), keys)).toBeNull();
});

it('keeps a digit for the class whose hotkey it is', () => {
  const two = one('two', '2');
  const keys = keyMap([two], [dog, cat]);
  expect(keys.predictionKeys).toEqual(['1', null]);
  expect(commandOf(key('2'), keys)).toEqual({ type: 'answer', class: two });
});

it('toggles the heat map with the full stop, unless it is the hotkey of a class', () => {
  const letters = [...'abcdefghijklmnopqrstuvwxyz'].map((letter) => one(letter, letter));
  expect(commandOf(key('.'), keyMap(letters, []))).toEqual({ type: 'explain' });
  const dot = one('dot', '.');
  expect(commandOf(key('.'), keyMap([dot], []))).toEqual({ type: 'answer', class: dot });
});

it('undoes with Ctrl+Z even if a class has Z, and leaves other shortcuts to the browser', () => {
  const keys = keyMap([one('zebra', 'z')], []);
  expect(commandOf(key('z', { ctrlKey: true }), keys)).toEqual({ type: 'undo' });
  expect(commandOf(key('z'), keys)?.type).toBe('answer');
  expect(commandOf(key('r', { metaKey: true }), keys)).toBeNull();
});
