import { assignSplit } from './split';

const splits = (seed: string, classKey: string, count: number) =>
  Array.from({ length: count }, (_, position) => assignSplit({ seed, classKey, position }));

describe('assigning the split', () => {
  it('uses the first four images of a class for training', () => {
    for (let seed = 0; seed < 50; seed++)
      expect(splits(`${seed}`, 'cat', 4)).toEqual(['TRAIN', 'TRAIN', 'TRAIN', 'TRAIN']);
  });

  it('holds out exactly one of every ten later images for validation, and one for test', () => {
    for (const classKey of ['cat', 'dog', 'class:3']) {
      const splitsOfClass = splits('seed', classKey, 204).slice(4);
      for (let from = 0; from < splitsOfClass.length; from += 10) {
        const block = splitsOfClass.slice(from, from + 10);
        expect(block.filter((split) => split === 'VALIDATION')).toHaveLength(1);
        expect(block.filter((split) => split === 'TEST')).toHaveLength(1);
      }
    }
  });

  it('depends on the seed, the class and the block', () => {
    expect(splits('a', 'cat', 104)).toEqual(splits('a', 'cat', 104));
    expect(splits('a', 'cat', 104)).not.toEqual(splits('b', 'cat', 104));
    expect(splits('a', 'cat', 104)).not.toEqual(splits('a', 'dog', 104));
    const splitsOfClass = splits('a', 'cat', 104).slice(4).join();
    expect(splitsOfClass).not.toBe(
      Array(10)
        .fill(splits('a', 'cat', 14).slice(4))
        .flat()
        .join(),
    );
  });

  it('uses every position of a block', () => {
    const positions = new Set<number>();
    for (let seed = 0; seed < 200; seed++)
      positions.add(splits(`${seed}`, 'cat', 14).slice(4).indexOf('TEST'));
    expect(positions.size).toBe(10);
  });

  it('refuses an invalid position', () => {
    for (const position of [-1, 1.5, NaN])
      expect(() => assignSplit({ seed: 'a', classKey: 'cat', position })).toThrow(RangeError);
  });
});
