import { useApolloClient, useMutation } from '@apollo/client/react';
import { confirmGridSize } from '../../../shared/limits';
import { useReducer } from 'react';
import {
  ConfirmLeaseTasksDocument,
  type ConfirmLeaseTasksMutation,
  ConfirmSkipTaskDocument,
  type LibClassFragment,
} from '../../gql/operations';
import { releaseLeases } from '../../lib/leases/releaseLeases';
import { useLeaseKeeper } from '../../lib/leases/useLeaseKeeper';
import { usePolling } from '../../lib/leases/usePolling';
import { useRefill } from '../../lib/leases/useRefill';
import { useLiveEvent } from '../../lib/live';
import { useOutbox } from '../../lib/outbox/OutboxProvider';
import { preloadImage } from '../../lib/preload';
import {
  answersOf,
  type ConfirmGrid,
  emptyGrid,
  type GridAction,
  type GridTask,
  reduceGrid,
} from './confirmGrid';

/** The grids of one predicted class: leased one grid ahead, confirmed through the outbox. */
export function useConfirmGrid(datasetId: string, predicted: LibClassFragment) {
  const client = useApolloClient();
  const outbox = useOutbox();
  const [grid, dispatch] = useReducer(reduceGrid, emptyGrid);
  const error = useLeasedGrids({ datasetId, classId: predicted.id }, grid, dispatch);
  const [skipTask] = useMutation(ConfirmSkipTaskDocument);

  useLeaseKeeper(leasesOf([...grid.shown, ...grid.reserve]), {
    onRenewed: (leases) => dispatch({ type: 'renewed', leases }),
    onLost: (tokens) => dispatch({ type: 'lost', tokens }),
  });
  useLiveEvent((event) => {
    if (event.__typename !== 'RunPublished') return;
    // The new model chooses the next grid. The grid on screen stays.
    releaseLeases(client, leasesOf(grid.reserve));
    dispatch({ type: 'reserveDropped' });
  });

  const confirm = () => {
    const { answered, skipped } = answersOf(grid, predicted);
    const ids = outbox.answer(
      answered.map(({ task, picked }) => toAnswer(datasetId, task, picked)),
    );
    for (const { leaseToken } of leasesOf(skipped))
      skipTask({ variables: { input: { leaseToken } } }).catch(() => {
        // The server cannot be reached. The lease expires, and the image is offered again.
      });
    const entryIds = new Map(answered.map(({ task }, index) => [task.image.id, ids[index] ?? '']));
    dispatch({ type: 'confirmed', entryIds });
    return answered.length;
  };

  const undo = () => {
    const last = grid.past.at(-1);
    if (!last) return;
    const cancelled = new Set<string>();
    for (const { image } of last.tasks) {
      const entryId = last.entryIds.get(image.id);
      if (
        entryId &&
        outbox.undo(entryId, { datasetId, image: toOutboxImage(image) }) === 'cancelled'
      )
        cancelled.add(image.id);
    }
    dispatch({ type: 'undone', cancelled });
  };

  return { grid, error, dispatch, confirm, undo };
}

const leasesOf = (tasks: readonly GridTask[]) =>
  tasks.map(({ lease }) => lease).filter((lease) => lease !== undefined);

const toOutboxImage = ({ id, fileName, thumbnailUrl }: GridTask['image']) => ({
  id,
  fileName,
  thumbnailUrl,
});

const toAnswer = (datasetId: string, task: GridTask, picked: LibClassFragment) => ({
  datasetId,
  image: toOutboxImage(task.image),
  class: { id: picked.id, name: picked.name },
  leaseToken: task.lease?.leaseToken,
  expectedVersion: task.expectedVersion,
});

type LeasedTask = NonNullable<ConfirmLeaseTasksMutation['leaseTasks']['tasks']>[number];

const toGridTask = ({ image, leaseToken, leaseExpiresAt }: LeasedTask): GridTask => ({
  image,
  lease: { leaseToken, leaseExpiresAt },
  expectedVersion: image.version,
});

/** Leases the next grid while this one is on screen. */
function useLeasedGrids(
  { datasetId, classId }: { datasetId: string; classId: string },
  grid: ConfirmGrid,
  dispatch: (action: GridAction) => void,
) {
  const [leaseTasks, { error, data }] = useMutation(ConfirmLeaseTasksDocument);
  const { shown, reserve, exhausted } = grid;

  const isFull = shown.length > 0 && reserve.length >= confirmGridSize;
  const missing = Math.max(confirmGridSize, confirmGridSize * 2 - shown.length - reserve.length);
  useRefill(exhausted || isFull ? 0 : missing, async (count) => {
    const input = { datasetId, classId, lane: 'CONFIRM' as const, count };
    const result = await leaseTasks({ variables: { input } });
    const tasks = (result.data?.leaseTasks.tasks ?? []).map(toGridTask);
    for (const { image } of tasks) void preloadImage(image.thumbnailUrl);
    dispatch({ type: 'leased', tasks });
  });
  usePolling(exhausted && shown.length === 0, () => dispatch({ type: 'more' }));

  return data?.leaseTasks.error ?? error ?? null;
}
