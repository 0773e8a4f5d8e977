import { parseClassNames } from './classNames';
import { hotkeyOf, moved, ownerOfHotkey, targetIndex } from './classOrder';

describe('parseClassNames', () => {
  it('takes names by line or by comma and tidies them', () => {
    expect(parseClassNames(' cat,dog\n\n sea  horse \r\n').names).toEqual([
      'cat',
      'dog',
      'sea horse',
    ]);
  });

  it('keeps a repeated name once and says which it was', () => {
    expect(parseClassNames('Cat\ncat\ndog')).toEqual({ names: ['Cat', 'dog'], repeated: ['cat'] });
  });
});

describe('order of classes', () => {
  it('moves one item and never beyond the ends', () => {
    expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
    expect(moved(['a', 'b', 'c'], 2, -5)).toEqual(['c', 'a', 'b']);
    expect(moved(['a'], 7, 0)).toEqual(['a']);
  });

  it('lands on the row nearest to where it is let go', () => {
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

  it('takes one visible character and no shortcut', () => {
    expect(hotkeyOf(press('Q'))).toBe('q');
    expect(hotkeyOf(press('7'))).toBe('7');
    expect(hotkeyOf(press('Enter'))).toBeNull();
    expect(hotkeyOf(press(' '))).toBeNull();
    expect(hotkeyOf(press('c', true))).toBeNull();
  });

  it('names the class that has the key, archived ones aside', () => {
    const classes = [
      { id: '1', hotkey: 'a', archived: false },
      { id: '2', hotkey: 'b', archived: true },
    ];
    expect(ownerOfHotkey(classes, 'a', '3')?.id).toBe('1');
    expect(ownerOfHotkey(classes, 'a', '1')).toBeUndefined();
    expect(ownerOfHotkey(classes, 'b', '3')).toBeUndefined();
  });
});
