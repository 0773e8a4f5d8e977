import { entriesOfImages, entryOfEvent, mergeActivity, type ActivityEntry } from './activity';

const cat = { __typename: 'Class' as const, id: 'c', name: 'cat', color: '#112233' };
const ada = { __typename: 'User' as const, id: 'u', name: 'Ada' };
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const label = {
  id: 'l1',
  class: cat,
  person: ada,
  origin: 'CONFIRMED' as const,
  createdAt: at(1),
};

const recorded = {
  __typename: 'LabelRecorded',
  cursor: '9',
  occurredAt: at(1),
  actor: ada,
  label,
  image: { fileName: 'photos/beach/1.jpg' },
} as unknown as Parameters<typeof entryOfEvent>[0];

const entry = (key: string, minute: number): ActivityEntry => ({
  key,
  at: at(minute),
  kind: 'run',
  person: null,
  words: key,
});

describe('activity', () => {
  it('names the person, the action and the image', () => {
    expect(entryOfEvent(recorded)).toMatchObject({
      person: 'Ada',
      words: 'confirmed 1.jpg',
      class: { name: 'cat' },
    });
  });

  it('shows a label once if it is in the events and in the history', () => {
    const event = entryOfEvent(recorded);
    const history = entriesOfImages([
      { __typename: 'Image', id: 'i', fileName: '1.jpg', labels: [label] },
    ] as unknown as Parameters<typeof entriesOfImages>[0]);
    expect(mergeActivity([event ? [event] : [], history], 10)).toHaveLength(1);
  });

  it('sorts newest first and respects the limit', () => {
    const merged = mergeActivity([[entry('b', 2)], [entry('c', 3), entry('a', 1)]], 2);
    expect(merged.map((each) => each.key)).toEqual(['c', 'b']);
  });

  it('leaves out technical events', () => {
    const ordered = { __typename: 'QueueOrdered', cursor: '1', occurredAt: at(0), actor: null };
    expect(entryOfEvent(ordered as unknown as Parameters<typeof entryOfEvent>[0])).toBeNull();
  });
});
