import { useDisclosure, useInterval, useOs } from '@mantine/hooks';
import { useMemo, useRef, useState } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice';
import type { LabelPageQuery, LibClassFragment, LibTaskImageFragment } from '../../gql/operations';
import type { MutationErrorLike } from '../../lib/mutationErrors';
import { AnswersPanel } from './AnswersPanel';
import { AuditProgress } from './AuditProgress';
import { ImageViewer } from './ImageViewer';
import { KeyboardHelp } from './KeyboardHelp';
import { type Command, type KeyMap, keyMap } from './keyMap';
import { LabelFooter } from './LabelFooter';
import classes from './LabelWorkspace.module.css';
import { NothingToAudit } from './NothingToAudit';
import { NothingToLabel } from './NothingToLabel';
import { QueuePanel } from './QueuePanel';
import type { QueueRow } from './queueRows';
import { RunPanel } from './RunPanel';
import { type SessionStats, sessionStats } from './sessionStats';
import type { TaskStream } from './taskStream';
import type { Heat } from './useHeat';
import { useLabelKeys } from './useLabelKeys';
import type { TaskLane } from './useTaskStream';
import { useZoom } from './useZoom';

/** The tasks of the viewer, and what can be done with the one on screen. */
export interface LabelTasks {
  stream: TaskStream;
  error: MutationErrorLike | Error | null;
  answer: (picked: LibClassFragment) => void;
  skip: () => void;
  undo: () => void;
}

export interface LabelWorkspaceProps {
  dataset: NonNullable<LabelPageQuery['dataset']>;
  /** What the server lacks for predictions, in sentences. */
  missing: readonly string[];
  lane: TaskLane;
  tasks: LabelTasks;
  rows: readonly QueueRow[];
  heat: Heat;
  /** Hides the prediction and the heat map. */
  blind: boolean;
  isAddingClasses: boolean;
  onAddClasses: (names: string[]) => void;
  onFindSimilar: (imageId: string) => void;
}

/** Draws the label page from its data, and runs its keyboard commands. */
export function LabelWorkspace(props: LabelWorkspaceProps) {
  const { dataset, missing, lane, tasks, rows, heat, blind } = props;
  const [task] = tasks.stream.upcoming;
  const zoom = useZoom(task?.image.id ?? '');
  const search = useRef<HTMLInputElement>(null);
  const [isHelpOpen, help] = useDisclosure();
  const modifier = useOs() === 'macos' ? '⌘' : 'Ctrl';
  const prediction = blind ? null : (task?.image.prediction ?? null);
  const keys = useKeyMap(dataset.classes, prediction);
  const stats = useStats(tasks.stream);
  const runCommand = (command: Command) => {
    if (command.type === 'answer') return tasks.answer(command.class);
    const actions = {
      skip: tasks.skip,
      undo: tasks.undo,
      search: () => search.current?.focus(),
      help: help.open,
      explain: () => !blind && heat.toggle(),
      similar: () => !blind && task && props.onFindSimilar(task.image.id),
      zoomIn: () => zoom.zoom(1.5),
      zoomOut: () => zoom.zoom(1 / 1.5),
      zoomReset: zoom.reset,
    };
    actions[command.type]();
  };
  useLabelKeys(keys, runCommand, !isHelpOpen);
  const footer = (
    <LabelFooter
      last={tasks.stream.past.at(-1)}
      stats={stats}
      onUndo={tasks.undo}
      onSkip={tasks.skip}
      onHelp={help.open}
      canSkip={task !== undefined}
    />
  );
  return (
    <>
      <div className={classes.workspace}>
        {task ? (
          <ImageViewer
            image={task.image}
            reason={task.reason}
            zoom={zoom}
            heat={blind ? null : heat}
            footer={footer}
          />
        ) : (
          <div className={classes.empty}>
            <div className={classes.center}>
              <EmptyLane {...props} />
            </div>
            {footer}
          </div>
        )}
        <AnswersPanel
          dataset={dataset}
          missing={missing}
          task={task}
          prediction={prediction}
          blind={blind}
          lane={lane}
          keys={keys}
          searchRef={search}
          notice={!task && <ErrorNotice error={tasks.error} title="Could not load images" />}
          onAnswer={tasks.answer}
          onPointAt={heat.pointAt}
          onAddClass={(name) => props.onAddClasses([name])}
        />
        <aside className={classes.queue} aria-label="Up next">
          {lane === 'AUDIT' ? <AuditProgress dataset={dataset} /> : <RunPanel dataset={dataset} />}
          <QueuePanel rows={rows} blind={lane === 'AUDIT'} />
        </aside>
      </div>
      <KeyboardHelp opened={isHelpOpen} onClose={help.close} modifier={modifier} />
    </>
  );
}

function EmptyLane({ dataset, lane, tasks, isAddingClasses, onAddClasses }: LabelWorkspaceProps) {
  const { exhausted } = tasks.stream;
  if (lane === 'AUDIT' && dataset.counts.images > 0)
    return <NothingToAudit dataset={dataset} exhausted={exhausted} />;
  return (
    <NothingToLabel
      datasetId={dataset.id}
      counts={dataset.counts}
      hasClasses={dataset.classes.length > 0}
      exhausted={exhausted}
      onAdd={onAddClasses}
      loading={isAddingClasses}
    />
  );
}

function useKeyMap(
  all: readonly LibClassFragment[],
  prediction: LibTaskImageFragment['prediction'],
): KeyMap {
  const top = prediction?.top;
  return useMemo(() => keyMap(all, top?.map(({ class: one }) => one) ?? []), [all, top]);
}

/** Recomputes the statistics every five seconds, because the rate falls during a pause. */
function useStats(stream: TaskStream): SessionStats {
  const [now, setNow] = useState(() => Date.now());
  useInterval(() => setNow(Date.now()), 5_000, { autoInvoke: true });
  return sessionStats(stream, Math.max(now, stream.past.at(-1)?.at ?? 0));
}
