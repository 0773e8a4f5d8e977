import { agreementWords, doubtWords } from './consensusWords';

const [cat, dog] = ['cat', 'dog'].map((id) => ({ id, name: id, color: '#000000' })) as [
  { id: string; name: string; color: string },
  { id: string; name: string; color: string },
];
const answers = (...classIds: string[]) => classIds.map((id) => ({ extra: false, class: { id } }));
const consensusOf = (more: { quality?: number | null; isDecided?: boolean } = {}) => ({
  class: cat,
  decidedAt: '2026-01-01T00:00:00Z',
  origin: 'HAND' as const,
  quality: null,
  isDecided: false,
  ...more,
});
const image = { consensus: consensusOf(), gold: null, labels: answers('cat', 'dog', 'cat') };

test('counts the answers that agree, without late ones', () => {
  expect(agreementWords(image)).toBe('Agreed by 2 of 3');
  const late = [...answers('cat', 'cat'), { extra: true, class: dog }];
  expect(agreementWords({ ...image, labels: late })).toBe('Agreed by 2 of 2');
  expect(agreementWords({ ...image, labels: [{ extra: true, class: cat }] })).toBe('One answer');
});

test('a single answer is not called agreement, and no answer gives no text', () => {
  expect(agreementWords({ ...image, labels: answers('cat') })).toBe('One answer');
  expect(agreementWords({ ...image, labels: answers('dog') })).toBe('Agreed by 0 of 1');
  expect(agreementWords({ ...image, labels: [] })).toBeNull();
  expect(agreementWords({ ...image, consensus: null })).toBeNull();
});

test('names a correction, and then reports no doubt', () => {
  const decided = { ...image, consensus: consensusOf({ quality: 0.2, isDecided: true }) };
  expect(agreementWords(decided)).toBe('Agreed by 2 of 3, decided by a correction');
  expect(doubtWords(decided)).toBeNull();
});

test('reports doubt below the review threshold, and never as a percentage', () => {
  const words = (quality: number | null) =>
    doubtWords({ ...image, consensus: consensusOf({ quality }) });
  expect(words(0.49)).toMatchObject({ isDoubtful: true, title: 'Doubtful' });
  expect(words(0.5)).toMatchObject({ isDoubtful: false, title: 'Little doubt' });
  expect(words(0.5)?.text).not.toContain('%');
  expect(words(null)).toBeNull();
  const gold = { createdAt: '2026-01-01T00:00:00Z', class: cat };
  expect(doubtWords({ ...image, gold, consensus: consensusOf({ quality: 0.1 }) })).toBeNull();
});
