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
import { initialReview, type PastAnswer, reduceReview, type ReviewTask } from './reviewState';
import { useReviewLeases } from './useReviewLeases';

/** The viewer's review tasks, answered one at a time, with undo. */
export function useReview(datasetId: string) {
  const [{ tasks, past }, dispatch] = useReducer(reduceReview, initialReview);
  const [recordLabel] = useMutation(ReviewAnswerDocument);
  const [undoLabel] = useMutation(ReviewUndoDocument);
  const { busy, running, run } = useOneAtATime();
  useLeaseKeeper(tasks?.flatMap((task) => task.lease ?? []) ?? [], {
    onRenewed: (leases) => dispatch({ type: 'renewed', leases }),
    onLost: (tokens) => dispatch({ type: 'lost', tokens }),
  });

  const { pendingTasks, leaseTasks, refill, error } = useReviewLeases(
    datasetId,
    tasks?.length === 0,
    dispatch,
  );

  const sendAnswer = async (picked: LibClassFragment): Promise<PastAnswer | undefined> => {
    const [task, ...others] = tasks ?? [];
    if (!task) return undefined;
    const { image } = task;
    const input = toAnswer(task, picked, await pendingTasks());
    const { data } = await recordLabel({ variables: { input } });
    const { label, error: refusal } = data?.recordLabel ?? {};
    const recorded = label && { labelId: label.id, image, answer: picked };
    if (recorded) dispatch({ type: 'answered', past: recorded });
    else if (refusal?.__typename === 'Conflict') dispatch({ type: 'outdated', imageId: image.id });
    notifyMutationError(refusal);
    if (others.length === 0) void refill();
    return recorded ?? undefined;
  };

  const sendUndo = async ({ labelId }: PastAnswer): Promise<undefined> => {
    // The id is fixed per label, so that a retry returns the first result.
    const input = { labelId, clientMutationId: `undo ${labelId}` };
    const { data } = await undoLabel({ variables: { input } });
    const { image, error: refusal } = data?.undoLabel ?? {};
    if (notifyMutationError(refusal)) dispatch({ type: 'final', labelId });
    if (!image) return;
    dispatch({ type: 'undone', labelId, image });
    // The image is in its lane again. A lease keeps it from other people; nothing waits for it.
    void leaseTasks(1);
  };

  const answer = (picked: LibClassFragment) =>
    run('Could not save the answer', () => sendAnswer(picked));
  const undo = async () => {
    // During a request, the undo applies to the answer that is being sent.
    const last = running.current ? await running.current : past.at(-1);
    if (last) await run('Could not undo the answer', () => sendUndo(last));
  };
  return { tasks, past, error, busy, answer, undo, retry: refill };
}

/** Runs one request at a time. Further requests are ignored until it has finished. */
function useOneAtATime() {
  const [busy, setBusy] = useState(false);
  const running = useRef<Promise<PastAnswer | undefined>>(null);
  const run = async (failureTitle: string, work: () => Promise<PastAnswer | undefined>) => {
    if (running.current) return;
    setBusy(true);
    running.current = work().catch((error: unknown) => {
      notifyFailure(error, failureTitle);
      return undefined;
    });
    await running.current;
    running.current = null;
    setBusy(false);
  };
  return { busy, running, run };
}

/**
 * Without a lease, `expectedVersion` makes the server refuse the answer if the image has changed.
 * `justLeased` may contain the missing lease.
 */
function toAnswer(
  { image, lease: ownLease }: ReviewTask,
  { id: classId }: LibClassFragment,
  justLeased: readonly ReviewTask[],
) {
  const lease = ownLease ?? justLeased.find((one) => one.image.id === image.id)?.lease;
  return {
    imageId: image.id,
    classId,
    clientMutationId: newId(),
    ...(lease ? { leaseToken: lease.leaseToken } : { expectedVersion: image.version }),
  };
}
