import { useMutation, useQuery } from '@apollo/client/react';
import { Container } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useMemo } from 'react';
import { useNavigate } from 'react-router';
import { ErrorNotice } from '../../components/ErrorNotice';
import { LoadingPage } from '../../components/LoadingPage';
import {
  LabelAddClassDocument,
  LabelPageDocument,
  type LabelPageQuery,
  LabelQueueDocument,
} from '../../gql/operations';
import { datasetPaths, useDatasetId } from '../../lib/datasetPaths';
import { notifyFailure, notifyMutationError } from '../../lib/mutationErrors';
import { useViewer } from '../../lib/session';
import { LabelWorkspace } from './LabelWorkspace';
import { queueRows } from './queueRows';
import type { TaskStream } from './taskStream';
import { useHeat } from './useHeat';
import { useImageFromUrl } from './useImageFromUrl';
import { type TaskLane, useTaskStream } from './useTaskStream';

const queueLength = 20;

export default function HardLanePage() {
  return <LabelPage lane="HARD" />;
}

/** The page that labels one image at a time, in the hard lane or in an audit. */
export function LabelPage({ lane }: { lane: TaskLane }) {
  const datasetId = useDatasetId();
  const { data, error, refetch } = useQuery(LabelPageDocument, { variables: { datasetId } });
  useDocumentTitle(
    `${lane === 'AUDIT' ? 'Audit' : 'Label'} · ${data?.dataset?.name ?? 'Labelloop'}`,
  );
  if (data?.dataset)
    return <LabelView dataset={data.dataset} missing={data.capabilities.missing} lane={lane} />;
  if (!error) return <LoadingPage />;
  return (
    <Container size="xs" py="xl">
      <ErrorNotice error={error} onRetry={() => void refetch()} />
    </Container>
  );
}

interface LabelViewProps {
  dataset: NonNullable<LabelPageQuery['dataset']>;
  missing: string[];
  lane: TaskLane;
}

/** Fetches the tasks and the queue of the lane. */
function LabelView({ dataset, missing, lane }: LabelViewProps) {
  const canLabel = dataset.classes.length > 0 && dataset.counts.images > 0;
  const tasks = useTaskStream(dataset.id, lane, canLabel);
  useImageFromUrl(tasks.show);
  const [task] = tasks.stream.upcoming;
  const blind = lane === 'AUDIT' || task?.blind === true;
  const heat = useHeat(blind ? undefined : task?.image);
  const rows = useRows(dataset.id, lane, tasks.stream);
  const addClasses = useAddClasses(dataset.id);
  const navigate = useNavigate();
  return (
    <LabelWorkspace
      dataset={dataset}
      missing={missing}
      lane={lane}
      tasks={tasks}
      rows={rows}
      heat={heat}
      blind={blind}
      isAddingClasses={addClasses.loading}
      onAddClasses={(names) => void addClasses.add(names)}
      onFindSimilar={(imageId) => void navigate(datasetPaths.similar(dataset.id, [imageId]))}
    />
  );
}

function useRows(datasetId: string, lane: TaskLane, stream: TaskStream) {
  const { id: viewerId } = useViewer();
  const { data, previousData } = useQuery(LabelQueueDocument, {
    variables: { datasetId, first: queueLength },
    skip: lane !== 'HARD',
  });
  const nodes = (data ?? previousData)?.dataset?.queue.nodes;
  return useMemo(() => {
    const queue = nodes?.map(({ image }) => image) ?? [];
    return queueRows({ stream, queue, viewerId, length: queueLength });
  }, [nodes, stream, viewerId]);
}

function useAddClasses(datasetId: string) {
  const [addClass, { loading }] = useMutation(LabelAddClassDocument);
  const add = async (names: string[]) => {
    try {
      // Sequential, so that the classes keep the order in which they were typed.
      for (const name of names) {
        const { data } = await addClass({ variables: { input: { datasetId, name } } });
        notifyMutationError(data?.addClass.error);
      }
    } catch (error) {
      notifyFailure(error);
    }
  };
  return { add, loading };
}
