import { useMutation, useQuery } from '@apollo/client/react';
import { Container } from '@mantine/core';
import { useDisclosure, useDocumentTitle, useInterval, useOs } from '@mantine/hooks';
import { useMemo, useRef, useState } from 'react';
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
import { KeyboardHelp } from './KeyboardHelp';
import { type Command, keyMap } from './keyMap';
import { LabelFooter } from './LabelFooter';
import { LabelWorkspace } from './LabelWorkspace';
import { NothingToAudit } from './NothingToAudit';
import { NothingToLabel } from './NothingToLabel';
import { queueRows } from './queueRows';
import { sessionStats } from './sessionStats';
import type { TaskStream } from './taskStream';
import { useHeat } from './useHeat';
import { useImageFromUrl } from './useImageFromUrl';
import { useLabelKeys } from './useLabelKeys';
import { type TaskLane, useTaskStream } from './useTaskStream';
import { useZoom } from './useZoom';

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

function LabelView({ dataset, missing, lane }: LabelViewProps) {
  const hasClasses = dataset.classes.length > 0;
  const tasks = useTaskStream(dataset.id, lane, hasClasses && dataset.counts.images > 0);
  const { stream } = tasks;
  useImageFromUrl(tasks.show);
  const [task] = stream.upcoming;
  const blind = lane === 'AUDIT' || task?.blind === true;
  const navigate = useNavigate();
  const zoom = useZoom(task?.image.id ?? '');
  const heat = useHeat(blind ? undefined : task?.image);
  const search = useRef<HTMLInputElement>(null);
  const [help, helpControl] = useDisclosure();
  const modifier = useOs() === 'macos' ? '⌘' : 'Ctrl';
  const stats = useStats(stream);
  const rows = useRows(dataset.id, lane, stream);
  const addClasses = useAddClasses(dataset.id);

  const top = task?.image.prediction?.top;
  const keys = useMemo(
    () => keyMap(dataset.classes, top?.map(({ class: one }) => one) ?? []),
    [dataset.classes, top],
  );
  const runCommand = (command: Command) => {
    if (command.type === 'answer') return tasks.answer(command.class);
    const actions = {
      skip: tasks.skip,
      undo: tasks.undo,
      search: () => search.current?.focus(),
      help: helpControl.open,
      explain: () => !blind && heat.toggle(),
      similar: () =>
        !blind && task && void navigate(datasetPaths.similar(dataset.id, [task.image.id])),
      zoomIn: () => zoom.zoom(1.5),
      zoomOut: () => zoom.zoom(1 / 1.5),
      zoomReset: zoom.reset,
    };
    actions[command.type]();
  };
  useLabelKeys(keys, runCommand, !help);

  return (
    <>
      <LabelWorkspace
        dataset={dataset}
        missing={missing}
        task={task}
        rows={rows}
        keys={keys}
        zoom={zoom}
        heat={heat}
        blind={blind}
        lane={lane}
        searchRef={search}
        error={task ? null : tasks.error}
        onAnswer={tasks.answer}
        onAddClass={(name) => void addClasses.add([name])}
        footer={
          <LabelFooter
            last={stream.past.at(-1)}
            stats={stats}
            onUndo={tasks.undo}
            onSkip={tasks.skip}
            onHelp={helpControl.open}
            canSkip={task !== undefined}
          />
        }
        emptyState={
          lane === 'AUDIT' && dataset.counts.images > 0 ? (
            <NothingToAudit dataset={dataset} exhausted={stream.exhausted} />
          ) : (
            <NothingToLabel
              datasetId={dataset.id}
              counts={dataset.counts}
              hasClasses={hasClasses}
              exhausted={stream.exhausted}
              onAdd={(names) => void addClasses.add(names)}
              loading={addClasses.loading}
            />
          )
        }
      />
      <KeyboardHelp opened={help} onClose={helpControl.close} modifier={modifier} />
    </>
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

/** Recomputes the statistics every five seconds, because the rate falls during a pause. */
function useStats(stream: TaskStream) {
  const [now, setNow] = useState(() => Date.now());
  useInterval(() => setNow(Date.now()), 5_000, { autoInvoke: true });
  return sessionStats(stream, Math.max(now, stream.past.at(-1)?.at ?? 0));
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
