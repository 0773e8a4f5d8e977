import { parseOptions, UsageError } from './options';

describe('the options of the demo', () => {
  it('has a default for everything', () => {
    expect(parseOptions(['--images', 'photos'])).toEqual({
      images: 'photos',
      annotators: 3,
      budget: 500,
      every: 100,
      seed: 1,
      url: undefined,
      json: false,
      keep: false,
    });
  });

  it('has a smaller budget for the small drawn set', () => {
    expect(parseOptions([])).toMatchObject({ budget: 120, every: 20 });
  });

  it('takes what is given', () => {
    const args = '--annotators 5 --budget 60 --every 20 --seed 7 --url http://x:1/y --json --keep';
    expect(parseOptions(args.split(' '))).toEqual({
      images: undefined,
      annotators: 5,
      budget: 60,
      every: 20,
      seed: 7,
      url: 'http://x:1',
      json: true,
      keep: true,
    });
  });

  it('shows the help when asked', () => expect(parseOptions(['--help'])).toBe('help'));

  it.each([
    [['--colour', 'red'], "Unknown option '--colour'"],
    [['--budget', 'many'], '--budget takes a whole number from 1'],
    [['--budget', '0'], '--budget takes a whole number from 1'],
    [['--annotators', '1.5'], '--annotators takes a whole number'],
    [['--url', 'ftp://x'], '--url takes an address'],
    [['--images'], "'--images <value>' argument missing"],
    [['stray'], 'Unexpected argument'],
  ])('refuses %j in words', (args, message) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
    expect(() => parseOptions(args)).toThrow(message);
  });
});
