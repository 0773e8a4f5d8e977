import { agreementWords, doubtWords } from './consensusWords';

const [cat, dog] = ['cat', 'dog'].map((id) => ({ id, name: id, color: '#000000' })) as [
  { id: string; name: string; color: string },
  { id: string; name: string; color: string },
];
const answers = (...said: string[]) => said.map((id) => ({ extra: false, class: { id } }));
const agreed = (more: { quality?: number | null; isDecided?: boolean } = {}) => ({
  class: cat,
  decidedAt: '2026-01-01T00:00:00Z',
  origin: 'HAND' as const,
  quality: null,
  isDecided: false,
  ...more,
});
const image = { consensus: agreed(), gold: null, labels: answers('cat', 'dog', 'cat') };

test('says how many of the answers agree, and leaves late ones out', () => {
  expect(agreementWords(image)).toBe('Agreed by 2 of 3');
  const late = [...answers('cat', 'cat'), { extra: true, class: dog }];
  expect(agreementWords({ ...image, labels: late })).toBe('Agreed by 2 of 2');
  expect(agreementWords({ ...image, labels: [{ extra: true, class: cat }] })).toBe('One answer');
});

test('one answer is no agreement, and no answer is nothing', () => {
  expect(agreementWords({ ...image, labels: answers('cat') })).toBe('One answer');
  expect(agreementWords({ ...image, labels: answers('dog') })).toBe('Agreed by 0 of 1');
  expect(agreementWords({ ...image, labels: [] })).toBeNull();
  expect(agreementWords({ ...image, consensus: null })).toBeNull();
});

test('a correction is named, and leaves no doubt to speak of', () => {
  const decided = { ...image, consensus: agreed({ quality: 0.2, isDecided: true }) };
  expect(agreementWords(decided)).toBe('Agreed by 2 of 3, settled by a correction');
  expect(doubtWords(decided)).toBeNull();
});

test('doubt is told from where a review would be asked for, never as a share', () => {
  const words = (quality: number | null) =>
    doubtWords({ ...image, consensus: agreed({ quality }) });
  expect(words(0.49)).toMatchObject({ isDoubtful: true, title: 'Doubtful' });
  expect(words(0.5)).toMatchObject({ isDoubtful: false, title: 'Little doubt' });
  expect(words(0.5)?.text).not.toContain('%');
  expect(words(null)).toBeNull();
  const gold = { createdAt: '2026-01-01T00:00:00Z', class: cat };
  expect(doubtWords({ ...image, gold, consensus: agreed({ quality: 0.1 }) })).toBeNull();
});
