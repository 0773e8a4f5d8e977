import { useMutation } from '@apollo/client/react';
import { useReducer, useRef, useState } from 'react';
import {
  type LibClassFragment,
  ReviewAnswerDocument,
  ReviewUndoDocument,
} from '../../gql/operations';
import { useLeaseKeeper } from '../../lib/leases/useLeaseKeeper';
import { notifyFailure, notifyMutationError } from '../../lib/mutationErrors';
import { newId } from '../../lib/newId';
import { emptyDesk, type PastAnswer, reduceDesk, type ReviewTask } from './reviewDesk';
import { useReviewLeases } from './useReviewLeases';

/** The tasks of the lane review that this person holds, one shown at a time, with the way back. */
export function useReview(datasetId: string) {
  const [desk, dispatch] = useReducer(reduceDesk, emptyDesk);
  const { tasks, past } = desk;
  const [record] = useMutation(ReviewAnswerDocument);
  const [takeBack] = useMutation(ReviewUndoDocument);
  const { busy, running, run } = useOneAtATime();
  useLeaseKeeper(tasks?.flatMap((task) => task.lease ?? []) ?? [], {
    onRenewed: (leases) => dispatch({ type: 'renewed', leases }),
    onLost: (tokens) => dispatch({ type: 'lost', tokens }),
  });

  const { onTheirWay, ask, refill, error } = useReviewLeases(
    datasetId,
    tasks?.length === 0,
    dispatch,
  );

  const give = async (picked: LibClassFragment): Promise<PastAnswer | undefined> => {
    const [task, ...others] = tasks ?? [];
    if (!task) return undefined;
    const { image } = task;
    const input = toAnswer(task, picked, await onTheirWay());
    const { data } = await record({ variables: { input } });
    const { label, error: refusal } = data?.recordLabel ?? {};
    const given = label && { labelId: label.id, image, answer: picked };
    if (given) dispatch({ type: 'answered', past: given });
    else if (refusal?.__typename === 'Conflict') dispatch({ type: 'outdated', imageId: image.id });
    notifyMutationError(refusal);
    if (others.length === 0) void refill();
    return given ?? undefined;
  };

  const bringBack = async ({ labelId }: PastAnswer): Promise<undefined> => {
    // The same id again should this go through unheard: the repeat brings the first result.
    const input = { labelId, clientMutationId: `undo ${labelId}` };
    const { data } = await takeBack({ variables: { input } });
    const { image, error: refusal } = data?.undoLabel ?? {};
    if (notifyMutationError(refusal)) dispatch({ type: 'final', labelId });
    if (!image) return;
    dispatch({ type: 'undone', labelId, image });
    // It waits in its lane again: held here, it is nobody else's. Whoever looks need not wait for that.
    void ask(1);
  };

  const answer = (picked: LibClassFragment) => run('The answer was not saved', () => give(picked));
  const undo = async () => {
    // Right after an answer it means that one, though the server has not heard of it yet.
    const last = running.current ? await running.current : past.at(-1);
    if (last) await run('The answer was not taken back', () => bringBack(last));
  };
  return { tasks, past, error, busy, answer, undo, retry: refill };
}

/** Answers and their undoing follow each other: an answer while one of them is on its way is not given. */
function useOneAtATime() {
  const [busy, setBusy] = useState(false);
  const running = useRef<Promise<PastAnswer | undefined>>(null);
  const run = async (failed: string, work: () => Promise<PastAnswer | undefined>) => {
    if (running.current) return;
    setBusy(true);
    running.current = work().catch((error: unknown) => {
      notifyFailure(error, failed);
      return undefined;
    });
    await running.current;
    running.current = null;
    setBusy(false);
  };
  return { busy, running, run };
}

/** Without a lease the image has to be what the person looks at; `found` may hold one that just came. */
function toAnswer(
  { image, lease: held }: ReviewTask,
  { id: classId }: LibClassFragment,
  found: readonly ReviewTask[],
) {
  const lease = held ?? found.find((one) => one.image.id === image.id)?.lease;
  return {
    imageId: image.id,
    classId,
    clientMutationId: newId(),
    ...(lease ? { leaseToken: lease.leaseToken } : { expectedVersion: image.version }),
  };
}
