import { useMutation } from '@apollo/client/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import {
  ReviewAnswerDocument,
  ReviewLeaseDocument,
  type ReviewLeaseMutation,
} from '../../gql/operations';
import { type Lease, useLeaseKeeper } from '../../lib/leases/useLeaseKeeper';
import { useLiveEvent } from '../../lib/live';
import { notifyFailure, notifyMutationError } from '../../lib/mutationErrors';
import { newId } from '../../lib/newId';

export type ReviewTask = NonNullable<ReviewLeaseMutation['leaseTasks']['tasks']>[number];

/** Few: what one person holds, nobody else can look at. */
const held = 3;
/** Leases of others run out without an event: look again now and then. */
const lookAgainAfter = 15_000;

/** The tasks of the lane review that this person holds, one shown at a time. */
export function useReview(datasetId: string) {
  const [tasks, setTasks] = useState<ReviewTask[]>();
  const [lease, leasing] = useMutation(ReviewLeaseDocument);
  const [record, recording] = useMutation(ReviewAnswerDocument);
  const asking = useRef(false);
  useLeaseKeeper(tasks ?? [], {
    onRenewed: (leases) => setTasks((now) => now?.map((task) => renewed(task, leases))),
    onLost: (tokens) =>
      setTasks((now) => now?.filter(({ leaseToken }) => !tokens.includes(leaseToken))),
  });

  const refill = useCallback((): Promise<void> => {
    if (asking.current) return Promise.resolve();
    asking.current = true;
    const variables = { input: { datasetId, lane: 'REVIEW' as const, count: held } };
    return lease({ variables })
      .then(
        ({ data }) => setTasks((now = []) => withNew(now, data?.leaseTasks.tasks ?? [])),
        // Shown in place of the card.
        () => setTasks((now) => now ?? []),
      )
      .finally(() => {
        asking.current = false;
      });
  }, [datasetId, lease]);
  const isEmpty = tasks?.length === 0;
  useEffect(() => {
    void refill();
  }, [refill]);
  useEffect(() => {
    if (!isEmpty) return;
    const timer = setInterval(() => void refill(), lookAgainAfter);
    return () => clearInterval(timer);
  }, [isEmpty, refill]);
  useLiveEvent(({ __typename }) => {
    // Somebody gave tasks back, a run found more, or an answer was taken back.
    const bringsTasks = __typename === 'LaneChanged' || __typename === 'LabelUndone';
    if (bringsTasks && isEmpty) void refill();
  });

  const answer = async (classId: string) => {
    const [task] = tasks ?? [];
    if (!task || recording.loading) return;
    const { image, leaseToken } = task;
    try {
      const { data } = await record({
        variables: { input: { imageId: image.id, classId, leaseToken, clientMutationId: newId() } },
      });
      if (notifyMutationError(data?.recordLabel.error)) return;
      setTasks((now = []) => now.filter((one) => one.leaseToken !== leaseToken));
      if ((tasks?.length ?? 0) <= 1) await refill();
    } catch (error) {
      notifyFailure(error, 'The answer was not saved');
    }
  };
  return { tasks, error: leasing.error, busy: recording.loading, answer, retry: refill };
}

const withNew = (now: ReviewTask[], found: ReviewTask[]): ReviewTask[] => {
  const known = new Set(now.map(({ image }) => image.id));
  return [...now, ...found.filter(({ image }) => !known.has(image.id))];
};

function renewed(task: ReviewTask, leases: readonly Lease[]): ReviewTask {
  const lease = leases.find(({ leaseToken }) => leaseToken === task.leaseToken);
  return lease ? { ...task, ...lease } : task;
}
