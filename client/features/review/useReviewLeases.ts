import { useMutation } from '@apollo/client/react';
import { useCallback, useEffect, useRef } from 'react';
import { ReviewLeaseDocument, type ReviewLeaseMutation } from '../../gql/operations';
import { usePolling } from '../../lib/leases/usePolling';
import { useLiveEvent } from '../../lib/live';
import type { DeskAction, ReviewTask } from './reviewDesk';

/** Few: what one person holds, nobody else can look at. */
const held = 3;

const none: readonly ReviewTask[] = [];

/** Brings tasks of the lane review to the desk, and looks for more while it is empty. */
export function useReviewLeases(
  datasetId: string,
  isEmpty: boolean,
  dispatch: (action: DeskAction) => void,
) {
  const [lease, { error }] = useMutation(ReviewLeaseDocument);
  const asking = useRef<Promise<readonly ReviewTask[]>>(null);
  /** The tasks of a request that has not come back yet. */
  const onTheirWay = useCallback(() => asking.current ?? Promise.resolve(none), []);
  /** One request after another: their tasks arrive in the order that they were lent in. */
  const ask = useCallback(
    (count: number): Promise<readonly ReviewTask[]> => {
      const request = async () => {
        await onTheirWay();
        const input = { datasetId, lane: 'REVIEW' as const, count };
        // A failure is shown in place of the card.
        const result = await lease({ variables: { input } }).catch(() => undefined);
        const tasks = result?.data?.leaseTasks.tasks?.map(toReviewTask) ?? none;
        dispatch({ type: 'leased', tasks });
        return tasks;
      };
      const sent = request().finally(() => {
        if (asking.current === sent) asking.current = null;
      });
      asking.current = sent;
      return sent;
    },
    [datasetId, lease, dispatch, onTheirWay],
  );
  const refill = useCallback(
    async (): Promise<void> => void (await (asking.current ?? ask(held))),
    [ask],
  );
  useEffect(() => {
    void refill();
  }, [refill]);
  usePolling(isEmpty, () => void refill());
  useLiveEvent(({ __typename }) => {
    // Somebody gave tasks back, a run found more, or an answer was taken back.
    const bringsTasks = __typename === 'LaneChanged' || __typename === 'LabelUndone';
    if (bringsTasks && isEmpty) void refill();
  });
  return { onTheirWay, ask, refill, error };
}

type LeasedTask = NonNullable<ReviewLeaseMutation['leaseTasks']['tasks']>[number];

const toReviewTask = ({ image, leaseToken, leaseExpiresAt }: LeasedTask): ReviewTask => ({
  image,
  lease: { leaseToken, leaseExpiresAt },
});
