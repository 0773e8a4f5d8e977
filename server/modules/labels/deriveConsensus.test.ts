import { LabelOrigin } from '../../../shared/enums';
import { deriveConsensus, type ConsensusEvent, type RecordedLabel } from './deriveConsensus';

/** A label of a person. Later ids are newer. */
const label = (id: string, who: string, classId: string, more: Partial<RecordedLabel> = {}) =>
  ({
    kind: 'recorded',
    label: {
      id,
      userId: who,
      classId,
      origin: LabelOrigin.HAND,
      extra: false,
      corrects: false,
      replaces: null,
      leaseToken: null,
      createdAt: new Date(id.charCodeAt(0)),
      ...more,
    },
  }) as const;
const undo = (labelId: string) => ({ kind: 'undone', labelId }) as const;
const consensus = (...history: ConsensusEvent[]) => {
  const { classId, decidedBy, inForce } = deriveConsensus(history);
  return { classId, decidedBy, inForce: inForce.map(({ id }) => id).join(' ') };
};

test('the first label decides, and without labels there is no class', () => {
  expect(consensus(label('a', 'Ada', 'cat')).classId).toBe('cat');
  expect(consensus(label('a', 'Ada', 'cat'), undo('a'))).toEqual({
    classId: null,
    decidedBy: null,
    inForce: '',
  });
});

test('the majority decides, and the newest label breaks a tie', () => {
  const two = [label('a', 'Ada', 'cat'), label('b', 'Bob', 'dog')];
  expect(consensus(...two).classId).toBe('dog');
  expect(consensus(...two, label('c', 'Cyd', 'cat')).classId).toBe('cat');
});

test('a correction decides until the next one, and its undo returns the decision to the labels', () => {
  const corrected = [
    label('a', 'Ada', 'cat'),
    label('b', 'Bob', 'cat'),
    label('c', 'Cyd', 'dog', { corrects: true }),
  ];
  expect(consensus(...corrected)).toMatchObject({ classId: 'dog', decidedBy: 'c' });
  const later = label('d', 'Dee', 'cat');
  expect(consensus(...corrected, later)).toMatchObject({ classId: 'dog', decidedBy: 'c' });
  expect(consensus(...corrected, undo('c'))).toMatchObject({ classId: 'cat', decidedBy: null });
  const own = label('d', 'Cyd', 'cat', { replaces: 'c' });
  expect(consensus(...corrected, own)).toMatchObject({ classId: 'cat', decidedBy: 'd' });
});

test('the undo of a changed answer restores the earlier one at its age', () => {
  const changed = [
    label('a', 'Ada', 'cat'),
    label('b', 'Bob', 'dog'),
    label('c', 'Ada', 'dog', { replaces: 'a' }),
  ];
  expect(consensus(...changed)).toMatchObject({ classId: 'dog', inForce: 'c b' });
  expect(consensus(...changed, undo('c'))).toMatchObject({ classId: 'dog', inForce: 'b a' });
});

describe('an extra label', () => {
  test('decides nothing', () => {
    const late = [label('a', 'Ada', 'cat'), label('b', 'Bob', 'dog', { extra: true })];
    expect(consensus(...late).classId).toBe('cat');
  });

  test('decides when no other label is left', () => {
    const late = [label('a', 'Ada', 'cat'), label('b', 'Bob', 'dog', { extra: true }), undo('a')];
    expect(consensus(...late).classId).toBe('dog');
  });

  test('does not come into force beside a label of the same person that counts', () => {
    const late = [
      label('a', 'Ada', 'cat'),
      label('b', 'Bob', 'cat'),
      label('c', 'Ada', 'dog', { extra: true }),
    ];
    expect(consensus(...late)).toMatchObject({ classId: 'cat', inForce: 'b a' });
    expect(consensus(...late, undo('b'))).toMatchObject({ classId: 'cat', inForce: 'a' });
  });

  test('replaces an extra label of the same person', () => {
    const late = [
      label('a', 'Ada', 'cat'),
      label('b', 'Bob', 'dog', { extra: true }),
      label('c', 'Bob', 'cow', { extra: true, replaces: 'b' }),
    ];
    expect(consensus(...late)).toMatchObject({ classId: 'cat', inForce: 'c a' });
  });
});

describe('besides labels', () => {
  const labels = [label('a', 'Ada', 'cat'), label('b', 'Bob', 'cat')];

  test('a known class stays until it is removed', () => {
    const gold = [...labels, { kind: 'gold', classId: 'dog' }, undo('a')] as const;
    expect(consensus(...gold).classId).toBe('dog');
    expect(consensus(...gold, { kind: 'goldRemoved' }).classId).toBe('cat');
  });

  test('the class that a run weighed lasts until the next label', () => {
    const weighed = [...labels, { kind: 'weighed', classId: 'dog' }] as const;
    expect(consensus(...weighed).classId).toBe('dog');
    expect(consensus(...weighed, label('c', 'Cyd', 'cow')).classId).toBe('cat');
    const late = label('c', 'Cyd', 'cow', { extra: true });
    expect(consensus(...weighed, late).classId).toBe('dog');
  });

  test('a run does not change a known class', () => {
    const gold = { kind: 'gold', classId: 'dog' } as const;
    expect(consensus(...labels, gold, { kind: 'weighed', classId: 'cow' }).classId).toBe('dog');
  });

  test('an adopted consensus continues with the labels before it', () => {
    const adopted = [
      ...labels,
      { kind: 'adopted', classId: 'dog', decidedBy: 'b', isGold: false },
    ] as const;
    expect(consensus(...adopted, undo('a'))).toMatchObject({ classId: 'dog', decidedBy: 'b' });
    expect(consensus(...adopted, undo('b'))).toMatchObject({ classId: 'cat', inForce: 'a' });
  });
});
