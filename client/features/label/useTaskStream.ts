import { useApolloClient, useMutation } from '@apollo/client/react';
import { useCallback, useEffect, useReducer } from 'react';
import {
  LabelLeaseTasksDocument,
  type LabelLeaseTasksMutation,
  LabelPredictionsDocument,
  LabelSkipTaskDocument,
  type LibClassFragment,
  type LibTaskImageFragment,
} from '../../gql/operations';
import { type Lease, useLeaseKeeper } from '../../lib/leases/useLeaseKeeper';
import { usePolling } from '../../lib/leases/usePolling';
import { useRefill } from '../../lib/leases/useRefill';
import { type LiveEvent, useLiveEvent } from '../../lib/live';
import type { MutationErrorLike } from '../../lib/mutationErrors';
import { useOutbox } from '../../lib/outbox/OutboxProvider';
import { preloadImage } from '../../lib/preload';
import {
  emptyStream,
  reduceStream,
  type StreamAction,
  type StreamTask,
  type TaskStream,
} from './taskStream';

/** More tasks are leased when fewer than `refillBelow` are left. */
const targetCount = 8;
const refillBelow = 5;

const refillEvents = new Set<LiveEvent['__typename']>([
  'ImagesStored',
  'ImagesEmbedded',
  'LabelUndone',
  'QueueOrdered',
  'RunPublished',
  'ClassesChanged',
  'LaneChanged',
]);

export type TaskLane = 'HARD' | 'AUDIT';

/** The viewer's tasks: leased ahead, answered through the outbox, undone newest first. */
export function useTaskStream(datasetId: string, lane: TaskLane, enabled: boolean) {
  const outbox = useOutbox();
  const [stream, dispatch] = useReducer(reduceStream, emptyStream);
  const [skipTask] = useMutation(LabelSkipTaskDocument);
  const error = useLeasedTasks(datasetId, lane, enabled, stream, dispatch);

  const held = stream.upcoming.map(({ lease }) => lease).filter((lease) => lease !== undefined);
  useLeaseKeeper(held, {
    onRenewed: (leases: Lease[]) => dispatch({ type: 'renewed', leases }),
    onLost: (tokens) => dispatch({ type: 'lost', tokens }),
  });
  useEffect(() => {
    for (const { image } of stream.upcoming) void preloadImage(image.url);
  }, [stream.upcoming]);

  useNewPredictions(stream, dispatch);

  const answer = (picked: LibClassFragment) => {
    const [task] = stream.upcoming;
    if (!task) return;
    const { id, fileName, thumbnailUrl } = task.image;
    const [entryId] = outbox.answer([
      {
        datasetId,
        image: { id, fileName, thumbnailUrl },
        class: { id: picked.id, name: picked.name },
        leaseToken: task.lease?.leaseToken,
        expectedVersion: task.expectedVersion,
      },
    ]);
    if (entryId) dispatch({ type: 'answered', entryId, answer: picked, at: Date.now() });
  };

  const skip = () => {
    const [task] = stream.upcoming;
    if (!task) return;
    dispatch({ type: 'skipped', at: Date.now() });
    if (task.lease)
      skipTask({ variables: { input: { leaseToken: task.lease.leaseToken } } }).catch(() => {
        // The server cannot be reached. The lease expires, and the image is offered again.
      });
  };

  const undo = () => {
    const last = stream.past.at(-1);
    if (!last) return;
    const { id, fileName, thumbnailUrl } = last.task.image;
    const about = { datasetId, image: { id, fileName, thumbnailUrl } };
    const cancelled = last.entryId ? outbox.undo(last.entryId, about) === 'cancelled' : false;
    dispatch({ type: 'undone', cancelled });
  };

  const show = useCallback(
    (image: LibTaskImageFragment) => dispatch({ type: 'shown', image }),
    [dispatch],
  );
  return { stream, error, answer, skip, undo, show };
}

/** Loads the predictions of a newly published run for the tasks that were not shown yet. */
function useNewPredictions(stream: TaskStream, dispatch: (action: StreamAction) => void) {
  const client = useApolloClient();
  useLiveEvent((event) => {
    const ids = stream.upcoming.map(({ image }) => image.id);
    if (event.__typename !== 'RunPublished' || !ids.length) return;
    client
      .query({ query: LabelPredictionsDocument, variables: { ids }, fetchPolicy: 'no-cache' })
      .then(({ data }) => {
        const images = (data?.nodes ?? []).filter((node) => node !== null && 'url' in node);
        dispatch({ type: 'predicted', images });
      })
      .catch(() => {
        // The tasks keep their older predictions.
      });
  });
}

type LeasedTask = NonNullable<LabelLeaseTasksMutation['leaseTasks']['tasks']>[number];

const toStreamTask = ({
  image,
  lane,
  blind,
  reason,
  leaseToken,
  leaseExpiresAt,
}: LeasedTask): StreamTask => ({
  // The consensus stays hidden, so that second opinions and answers to gold images are independent.
  image: { ...image, consensus: null, prediction: blind ? null : image.prediction },
  ...(reason && { reason }),
  blind,
  isAudit: lane === 'AUDIT',
  lease: { leaseToken, leaseExpiresAt },
  expectedVersion: image.version,
});

/** Leases tasks ahead. An exhausted queue is asked again after an event or the poll interval. */
function useLeasedTasks(
  datasetId: string,
  lane: TaskLane,
  enabled: boolean,
  stream: TaskStream,
  dispatch: (action: StreamAction) => void,
): MutationErrorLike | Error | null {
  // Tasks hide fields of their images. Other pages must not find the empty fields in the cache.
  const [leaseTasks, { error, data }] = useMutation(LabelLeaseTasksDocument, {
    fetchPolicy: 'no-cache',
  });
  const { upcoming, exhausted } = stream;

  const isShort = enabled && !exhausted && upcoming.length < refillBelow;
  useRefill(isShort ? targetCount - upcoming.length : 0, async (count) => {
    const result = await leaseTasks({ variables: { input: { datasetId, lane, count } } });
    dispatch({ type: 'leased', tasks: (result.data?.leaseTasks.tasks ?? []).map(toStreamTask) });
  });
  usePolling(exhausted, () => dispatch({ type: 'more' }), upcoming);
  useLiveEvent((event) => {
    if (stream.exhausted && refillEvents.has(event.__typename)) dispatch({ type: 'more' });
  });

  return data?.leaseTasks.error ?? error ?? null;
}
