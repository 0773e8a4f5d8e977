import { assignSplit } from './split';

const splits = (seed: string, classKey: string, count: number) =>
  Array.from({ length: count }, (_, position) => assignSplit({ seed, classKey, position }));

describe('assigning the split', () => {
  it('trains on the first four of a class, never holding one of them out', () => {
    for (let seed = 0; seed < 50; seed++)
      expect(splits(`${seed}`, 'cat', 4)).toEqual(['TRAIN', 'TRAIN', 'TRAIN', 'TRAIN']);
  });

  it('holds out exactly one for validation and one for test of every ten after them', () => {
    for (const classKey of ['cat', 'dog', 'class:3']) {
      const all = splits('seed', classKey, 204).slice(4);
      for (let from = 0; from < all.length; from += 10) {
        const block = all.slice(from, from + 10);
        expect(block.filter((split) => split === 'VALIDATION')).toHaveLength(1);
        expect(block.filter((split) => split === 'TEST')).toHaveLength(1);
      }
    }
  });

  it('is the same for the same seed and differs by seed, class and block', () => {
    expect(splits('a', 'cat', 104)).toEqual(splits('a', 'cat', 104));
    expect(splits('a', 'cat', 104)).not.toEqual(splits('b', 'cat', 104));
    expect(splits('a', 'cat', 104)).not.toEqual(splits('a', 'dog', 104));
    const all = splits('a', 'cat', 104).slice(4).join();
    expect(all).not.toBe(
      Array(10)
        .fill(splits('a', 'cat', 14).slice(4))
        .flat()
        .join(),
    );
  });

  it('uses every place of a block', () => {
    const places = new Set<number>();
    for (let seed = 0; seed < 200; seed++)
      places.add(splits(`${seed}`, 'cat', 14).slice(4).indexOf('TEST'));
    expect(places.size).toBe(10);
  });

  it('refuses a position that is none', () => {
    for (const position of [-1, 1.5, NaN])
      expect(() => assignSplit({ seed: 'a', classKey: 'cat', position })).toThrow(RangeError);
  });
});
