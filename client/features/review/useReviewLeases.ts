import { useMutation } from '@apollo/client/react';
import { useCallback, useEffect, useRef } from 'react';
import { ReviewLeaseTasksDocument, type ReviewLeaseTasksMutation } from '../../gql/operations';
import { usePolling } from '../../lib/leases/usePolling';
import { useLiveEvent } from '../../lib/live';
import type { ReviewAction, ReviewTask } from './reviewState';

/** Few, because nobody else can review an image that is leased. */
const targetCount = 3;

const none: readonly ReviewTask[] = [];

/** Leases review tasks, and asks for more while there are none. */
export function useReviewLeases(
  datasetId: string,
  isEmpty: boolean,
  dispatch: (action: ReviewAction) => void,
) {
  const [lease, { error }] = useMutation(ReviewLeaseTasksDocument);
  const pending = useRef<Promise<readonly ReviewTask[]>>(null);
  /** The tasks of the request in progress, or none. */
  const pendingTasks = useCallback(() => pending.current ?? Promise.resolve(none), []);
  /** Requests run one after another, so that tasks arrive in the order in which they were leased. */
  const leaseTasks = useCallback(
    (count: number): Promise<readonly ReviewTask[]> => {
      const request = async () => {
        await pendingTasks();
        const input = { datasetId, lane: 'REVIEW' as const, count };
        // The page shows the error.
        const result = await lease({ variables: { input } }).catch(() => undefined);
        const tasks = result?.data?.leaseTasks.tasks?.map(toReviewTask) ?? none;
        dispatch({ type: 'leased', tasks });
        return tasks;
      };
      const sent = request().finally(() => {
        if (pending.current === sent) pending.current = null;
      });
      pending.current = sent;
      return sent;
    },
    [datasetId, lease, dispatch, pendingTasks],
  );
  const refill = useCallback(
    async (): Promise<void> => void (await (pending.current ?? leaseTasks(targetCount))),
    [leaseTasks],
  );
  useEffect(() => {
    void refill();
  }, [refill]);
  usePolling(isEmpty, () => void refill());
  useLiveEvent(({ __typename }) => {
    // Tasks were released, a run found more, or an answer was undone.
    const addsTasks = __typename === 'LaneChanged' || __typename === 'LabelUndone';
    if (addsTasks && isEmpty) void refill();
  });
  return { pendingTasks, leaseTasks, refill, error };
}

type LeasedTask = NonNullable<ReviewLeaseTasksMutation['leaseTasks']['tasks']>[number];

const toReviewTask = ({ image, leaseToken, leaseExpiresAt }: LeasedTask): ReviewTask => ({
  image,
  lease: { leaseToken, leaseExpiresAt },
});
