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
import { emptyDesk, reduceDesk, type ReviewTask } from './reviewDesk';
import { useReviewLeases } from './useReviewLeases';

/** The tasks of the lane review that this person holds, one shown at a time, with the way back. */
export function useReview(datasetId: string) {
  const [desk, dispatch] = useReducer(reduceDesk, emptyDesk);
  const { tasks, past } = desk;
  const [record] = useMutation(ReviewAnswerDocument);
  const [takeBack] = useMutation(ReviewUndoDocument);
  const [busy, whileBusy] = useOneAtATime();
  useLeaseKeeper(tasks?.flatMap((task) => task.lease ?? []) ?? [], {
    onRenewed: (leases) => dispatch({ type: 'renewed', leases }),
    onLost: (tokens) => dispatch({ type: 'lost', tokens }),
  });

  const { onTheirWay, ask, refill, error } = useReviewLeases(
    datasetId,
    tasks?.length === 0,
    dispatch,
  );

  const answer = (picked: LibClassFragment) =>
    whileBusy('The answer was not saved', async () => {
      const [task, ...others] = tasks ?? [];
      if (!task) return;
      const input = toAnswer(task, picked, await onTheirWay());
      const { data } = await record({ variables: { input } });
      const { label, error: refusal } = data?.recordLabel ?? {};
      if (refusal?.__typename === 'Conflict')
        dispatch({ type: 'outdated', imageId: task.image.id });
      else if (label)
        dispatch({
          type: 'answered',
          past: { labelId: label.id, image: task.image, answer: picked },
        });
      notifyMutationError(refusal);
      if (others.length === 0) await refill();
    });

  const undo = () =>
    whileBusy('The answer was not taken back', async () => {
      const last = past.at(-1);
      if (!last) return;
      const { labelId } = last;
      // The same id again should this go through unheard: the repeat brings the first result.
      const input = { labelId, clientMutationId: `undo ${labelId}` };
      const { data } = await takeBack({ variables: { input } });
      const { image, error: refusal } = data?.undoLabel ?? {};
      if (notifyMutationError(refusal)) dispatch({ type: 'final', labelId });
      if (!image) return;
      dispatch({ type: 'undone', labelId, image });
      // It waits in its lane again: held here, it is nobody else's. Whoever looks need not wait for that.
      void ask(1);
    });
  return { tasks, past, error, busy, answer, undo, retry: refill };
}

/** Answers and their undoing follow each other; what comes while one is on its way is not done. */
function useOneAtATime() {
  const [busy, setBusy] = useState(false);
  const isBusy = useRef(false);
  const whileBusy = async (failed: string, work: () => Promise<void>): Promise<void> => {
    if (isBusy.current) return;
    isBusy.current = true;
    setBusy(true);
    try {
      await work();
    } catch (error) {
      notifyFailure(error, failed);
    } finally {
      isBusy.current = false;
      setBusy(false);
    }
  };
  return [busy, whileBusy] as const;
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
