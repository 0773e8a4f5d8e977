import type { Label } from './label.entity';

/** A label as its history records it. */
export type RecordedLabel = Pick<
  Label,
  | 'id'
  | 'classId'
  | 'userId'
  | 'origin'
  | 'extra'
  | 'corrects'
  | 'replaces'
  | 'leaseToken'
  | 'createdAt'
>;

/** Something that may change the consensus of an image. */
export type ConsensusEvent =
  | { kind: 'recorded'; label: RecordedLabel }
  | { kind: 'undone'; labelId: string }
  /** The image has a known class from now on. */
  | { kind: 'gold'; classId: string }
  | { kind: 'goldRemoved' }
  /** A run weighed several answers. */
  | { kind: 'weighed'; classId: string }
  /** The consensus that an older version of the server had stored. */
  | { kind: 'adopted'; classId: string | null; decidedBy: string | null; isGold: boolean };

/** The consensus of an image, and what the next event needs to know. */
export interface ConsensusState {
  classId: string | null;
  /** Id of the label by which a person corrected the consensus. It decides until the next one. */
  decidedBy: string | null;
  isGold: boolean;
  /** Labels in force, newest first. */
  inForce: readonly RecordedLabel[];
  /** All labels by id. Undo restores earlier ones. Later states extend the same map. */
  labels: Map<string, RecordedLabel>;
  /**
   * The label by which the last event settled the class. Null if no label is left, and undefined if
   * the event did not settle it by labels.
   */
  by?: RecordedLabel | null;
}

/**
 * Derives the consensus of an image from its history (docs/decisions/0012). Answers and undone
 * answers are written by it, and every consensus is checked by it.
 *
 * @param history oldest first
 */
export const deriveConsensus = (history: readonly ConsensusEvent[]): ConsensusState =>
  history.reduce(afterEvent, {
    classId: null,
    decidedBy: null,
    isGold: false,
    inForce: [],
    labels: new Map<string, RecordedLabel>(),
  });

/** Returns the state after one more event. */
export function afterEvent(state: ConsensusState, event: ConsensusEvent): ConsensusState {
  const { by: _, ...before } = state;
  switch (event.kind) {
    case 'recorded':
      return afterLabel(before, event.label);
    case 'undone':
      return afterUndo(before, event.labelId);
    case 'gold':
      return { ...before, classId: event.classId, decidedBy: null, isGold: true };
    case 'goldRemoved':
      return byMajority({ ...before, isGold: false });
    case 'weighed':
      return before.isGold ? before : { ...before, classId: event.classId };
    case 'adopted': {
      const { classId, decidedBy, isGold } = event;
      return { ...before, classId, decidedBy, isGold };
    }
  }
}

function afterLabel(before: ConsensusState, label: RecordedLabel): ConsensusState {
  before.labels.set(label.id, label);
  if (isDormant(before, label)) return before;
  const others = before.inForce.filter(({ id }) => id !== label.replaces);
  const state = { ...before, inForce: [label, ...others] };
  if (before.isGold || label.extra) return state;
  const replacesDecision = label.replaces !== null && label.replaces === before.decidedBy;
  if (before.classId !== null && (label.corrects || replacesDecision))
    return { ...state, classId: label.classId, decidedBy: label.id, by: label };
  return before.decidedBy ? state : byMajority(state);
}

/** Whether a late label never comes into force, because an earlier one of the person counts. */
const isDormant = ({ inForce }: ConsensusState, { extra, replaces, userId }: RecordedLabel) =>
  extra && replaces === null && inForce.some((own) => own.userId === userId);

function afterUndo(before: ConsensusState, labelId: string): ConsensusState {
  const restored = before.labels.get(before.labels.get(labelId)?.replaces ?? '');
  const left = before.inForce.filter(({ id }) => id !== labelId);
  const inForce = restored ? inserted(left, restored) : left;
  const decidedBy = before.decidedBy === labelId ? null : before.decidedBy;
  const state = { ...before, inForce, decidedBy };
  return decidedBy || before.isGold ? state : byMajority(state);
}

/** Inserts a label behind the newer ones. */
function inserted(newestFirst: readonly RecordedLabel[], label: RecordedLabel): RecordedLabel[] {
  const at = newestFirst.findIndex(({ createdAt }) => createdAt < label.createdAt);
  return at < 0 ? [...newestFirst, label] : newestFirst.toSpliced(at, 0, label);
}

function byMajority(state: ConsensusState): ConsensusState {
  const by = majorityOf(state.inForce) ?? null;
  return { ...state, classId: by?.classId ?? null, by };
}

/**
 * Returns the newest label of the class with most people. Extra labels count only if there are no
 * others. `server/database/labelMajority` is the same in SQL.
 *
 * @param labels in force, newest first
 */
export function majorityOf<T extends Pick<Label, 'classId' | 'extra'>>(
  labels: readonly T[],
): T | undefined {
  const onlyExtra = labels.every(({ extra }) => extra);
  const deciding = labels.filter(({ extra }) => extra === onlyExtra);
  const votes = (classId: string) => deciding.filter((one) => one.classId === classId).length;
  return deciding.reduce<T | undefined>(
    (best, one) => (best && votes(best.classId) >= votes(one.classId) ? best : one),
    undefined,
  );
}
