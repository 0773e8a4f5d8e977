import { classFolders, safeFileName, safeName, UniqueNames } from './exportPaths';

describe('safeName', () => {
  it.each([
    ['cat', 'cat'],
    ['Füchse & Dachse', 'Füchse & Dachse'],
    ['a/b\\c', 'a_b_c'],
    ['what?*', 'what__'],
    ['..', '_'],
    ['', '_'],
    ['trailing dots... ', 'trailing dots'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['com1', '_com1'],
    ['console', 'console'],
    ['line\nbreak\u0000', 'line_break_'],
    ['right\u202eto left', 'right_to left'],
    ['\ud800', '\ufffd'],
  ])('turns %j into %j', (given, safe) => expect(safeName(given)).toBe(safe));

  it('cuts a long name without breaking a character', () => {
    expect(safeName('🦊'.repeat(300))).toBe('🦊'.repeat(120));
  });
});

describe('safeFileName', () => {
  it.each([
    ['cats/1.jpg', 'image/jpeg', '1.jpg'],
    ['cats/1.JPEG', 'image/jpeg', '1.JPEG'],
    ['cats\\1.png', 'image/jpeg', '1.jpg'],
    ['photo', 'image/webp', 'photo.webp'],
    ['v1.2', 'image/png', 'v1.2.png'],
    ['.jpg', 'image/jpeg', '.jpg.jpg'],
    ['aux.jpg', 'image/jpeg', '_aux.jpg'],
    ['../../etc/passwd', 'image/png', 'passwd.png'],
    ['name .jpg', 'image/jpeg', 'name.jpg'],
  ])('keeps %j as %s under %j', (path, mediaType, name) =>
    expect(safeFileName(path, mediaType)).toBe(name),
  );
});

describe('UniqueNames', () => {
  it('numbers a repeated name before its extension, in upper or lower case', () => {
    const names = new UniqueNames();
    expect(['a.jpg', 'A.jpg', 'a.jpg', 'b'].map((name) => names.take(name))).toEqual([
      'a.jpg',
      'A (2).jpg',
      'a (3).jpg',
      'b',
    ]);
  });

  it('steps over a number that a file brought along', () => {
    const names = new UniqueNames();
    expect(['a (2).jpg', 'a.jpg', 'a.jpg'].map((name) => names.take(name))).toEqual([
      'a (2).jpg',
      'a.jpg',
      'a (3).jpg',
    ]);
  });
});

describe('classFolders', () => {
  it('keeps classes apart that differ only in what a folder cannot be called', () => {
    const classes = [
      { id: '1', name: 'a/b' },
      { id: '2', name: 'a:b' },
      { id: '3', name: 'Manifest.json' },
    ];
    expect([...classFolders(classes, ['manifest.json']).values()]).toEqual([
      'a_b',
      'a_b (2)',
      'Manifest (2).json',
    ]);
  });
});
