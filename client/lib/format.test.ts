import { formatAgo, formatBytes, formatDuration, formatPercent, initials } from './format';

it('never rounds up to certainty nor down to nothing', () => {
  expect(formatPercent(0.9996)).toBe('>99 %');
  expect(formatPercent(0.0004)).toBe('<1 %');
  expect(formatPercent(1)).toBe('100 %');
  expect(formatPercent(0)).toBe('0 %');
  expect(formatPercent(0.934)).toBe('93 %');
});

it('says durations, sizes and moments as people do', () => {
  expect(formatDuration(0.44)).toBe('0.4 s');
  expect(formatDuration(65)).toBe('1 min 5 s');
  expect(formatDuration(4_320)).toBe('1 h 12 min');
  expect(formatBytes(999)).toBe('999 B');
  expect(formatBytes(1_572_864)).toBe('1.5 MB');
  expect(formatBytes(64 * 1024 * 1024)).toBe('64 MB');
  expect(formatAgo(new Date(1_000), 2_000)).toBe('just now');
});

it('takes the initials of the first and the last name', () => {
  expect(initials('ada king lovelace')).toBe('AL');
  expect(initials('Grace')).toBe('G');
});
