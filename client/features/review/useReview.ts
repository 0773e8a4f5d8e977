import { useMutation } from '@apollo/client/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import {
  ReviewAnswerDocument,
  ReviewLeaseDocument,
  type ReviewLeaseMutation,
  ReviewReleaseDocument,
} from '../../gql/operations';
import { useLiveEvent } from '../../lib/live';
import { notifyFailure, notifyMutationError } from '../../lib/mutationErrors';
import { newId } from '../../lib/newId';

export type ReviewTask = NonNullable<ReviewLeaseMutation['leaseTasks']['tasks']>[number];

const held = 5;

/** The tasks of the lane review that this person holds, one shown at a time. */
export function useReview(datasetId: string) {
  const [tasks, setTasks] = useState<ReviewTask[]>();
  const [lease, leasing] = useMutation(ReviewLeaseDocument);
  const [record, recording] = useMutation(ReviewAnswerDocument);
  const [release] = useMutation(ReviewReleaseDocument);
  const holding = useRef<ReviewTask[]>([]);
  useEffect(() => {
    holding.current = tasks ?? [];
  }, [tasks]);

  const fetchTasks = useCallback(async () => {
    const variables = { input: { datasetId, lane: 'REVIEW' as const, count: held } };
    const { data } = await lease({ variables });
    return data?.leaseTasks.tasks ?? [];
  }, [datasetId, lease]);
  const refill = async () => {
    const found = await fetchTasks();
    setTasks((now = []) => [...now, ...found]);
  };

  useEffect(() => {
    fetchTasks().then(setTasks, () => setTasks([]));
    return () => {
      const leaseTokens = holding.current.map(({ leaseToken }) => leaseToken);
      if (leaseTokens.length > 0)
        release({ variables: { input: { leaseTokens } } }).catch(() => undefined);
    };
  }, [fetchTasks, release]);
  useLiveEvent((event) => {
    if (event.__typename === 'LaneChanged' && holding.current.length === 0)
      refill().catch(() => undefined);
  });

  const answer = async (classId: string) => {
    const [task] = tasks ?? [];
    if (!task || recording.loading) return;
    const { image, leaseToken } = task;
    try {
      const { data } = await record({
        variables: { input: { imageId: image.id, classId, leaseToken, clientMutationId: newId() } },
      });
      notifyMutationError(data?.recordLabel.error);
      if (data?.recordLabel.error) return;
      setTasks((now = []) => now.slice(1));
      if ((tasks?.length ?? 0) <= 1) await refill();
    } catch (error) {
      notifyFailure(error, 'The answer was not saved');
    }
  };
  return { tasks, error: leasing.error, busy: recording.loading, answer, retry: refill };
}
