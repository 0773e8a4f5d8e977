import { parseClassNames } from './classNames';
import { hotkeyOf, moveItem, ownerOfHotkey, targetIndex } from './classOrder';

describe('parseClassNames', () => {
  it('splits names at lines and commas and trims them', () => {
    expect(parseClassNames(' cat,dog\n\n sea  horse \r\n').names).toEqual([
      'cat',
      'dog',
      'sea horse',
    ]);
  });

  it('keeps a repeated name once and reports it', () => {
    expect(parseClassNames('Cat\ncat\ndog')).toEqual({ names: ['Cat', 'dog'], repeated: ['cat'] });
  });
});

describe('order of classes', () => {
  it('moves one item, but not beyond the ends', () => {
    expect(moveItem(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
    expect(moveItem(['a', 'b', 'c'], 2, -5)).toEqual(['c', 'a', 'b']);
    expect(moveItem(['a'], 7, 0)).toEqual(['a']);
  });

  it('drops a row at the nearest position', () => {
    expect(targetIndex(1, 61, 40, 5)).toBe(3);
    expect(targetIndex(1, 19, 40, 5)).toBe(1);
    expect(targetIndex(1, -400, 40, 5)).toBe(0);
  });
});

describe('hotkeys', () => {
  const press = (key: string, ctrlKey = false) => ({
    key,
    ctrlKey,
    metaKey: false,
    altKey: false,
  });

  it('accepts one visible character, but no shortcut', () => {
    expect(hotkeyOf(press('Q'))).toBe('q');
    expect(hotkeyOf(press('7'))).toBe('7');
    expect(hotkeyOf(press('Enter'))).toBeNull();
    expect(hotkeyOf(press(' '))).toBeNull();
    expect(hotkeyOf(press('c', true))).toBeNull();
  });

  it('finds the active class that has the hotkey', () => {
    const classes = [
      { id: '1', hotkey: 'a', archived: false },
      { id: '2', hotkey: 'b', archived: true },
    ];
    expect(ownerOfHotkey(classes, 'a', '3')?.id).toBe('1');
    expect(ownerOfHotkey(classes, 'a', '1')).toBeUndefined();
    expect(ownerOfHotkey(classes, 'b', '3')).toBeUndefined();
  });
});
