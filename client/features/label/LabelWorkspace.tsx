import { Alert } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode, Ref } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice';
import type { LabelPageQuery, LibClassFragment } from '../../gql/operations';
import type { MutationErrorLike } from '../../lib/mutationErrors';
import { AuditProgress } from './AuditProgress';
import { ClassPicker } from './ClassPicker';
import { ImageViewer } from './ImageViewer';
import type { KeyMap } from './keyMap';
import classes from './LabelWorkspace.module.css';
import { PredictionButtons } from './PredictionButtons';
import { QueuePanel } from './QueuePanel';
import type { QueueRow } from './queueRows';
import { RunPanel } from './RunPanel';
import type { StreamTask } from './taskStream';
import type { TaskLane } from './useTaskStream';
import type { Heat } from './useHeat';
import type { Zoom } from './useZoom';

export interface LabelWorkspaceProps {
  dataset: NonNullable<LabelPageQuery['dataset']>;
  /** What the server lacks for predictions, in sentences. */
  missing: readonly string[];
  task: StreamTask | undefined;
  rows: readonly QueueRow[];
  keys: KeyMap;
  zoom: Zoom;
  heat: Heat;
  /** Hides the prediction and the heat map. */
  blind: boolean;
  lane: TaskLane;
  searchRef: Ref<HTMLInputElement>;
  error: MutationErrorLike | Error | null;
  footer: ReactNode;
  /** Replaces the image while there is no task. */
  emptyState: ReactNode;
  onAnswer: (picked: LibClassFragment) => void;
  onAddClass: (name: string) => void;
}

/** Draws the label page: the image, the answers and the queue. */
export function LabelWorkspace(props: LabelWorkspaceProps) {
  const { dataset, task, rows, footer } = props;
  return (
    <div className={classes.workspace}>
      {task ? (
        <ImageViewer
          image={task.image}
          reason={task.reason}
          zoom={props.zoom}
          heat={props.blind ? null : props.heat}
          footer={footer}
        />
      ) : (
        <div className={classes.empty}>
          <div className={classes.center}>{props.emptyState}</div>
          {footer}
        </div>
      )}
      <aside className={classes.answers} aria-label="Answers">
        <ErrorNotice error={props.error} title="Could not load images" />
        {!dataset.backbone && <PredictionsOff missing={props.missing} />}
        <PredictionButtons
          prediction={task?.image.prediction ?? null}
          keys={props.keys.predictionKeys}
          onAnswer={props.onAnswer}
          onPointAt={props.heat.pointAt}
          placeholder={missingPredictionText(props)}
        />
        <ClassPicker
          classes={dataset.classes}
          onAnswer={props.onAnswer}
          onAddClass={props.onAddClass}
          searchRef={props.searchRef}
        />
      </aside>
      <aside className={classes.queue} aria-label="Up next">
        {props.lane === 'AUDIT' ? (
          <AuditProgress dataset={dataset} />
        ) : (
          <RunPanel dataset={dataset} />
        )}
        <QueuePanel rows={rows} blind={props.lane === 'AUDIT'} />
      </aside>
    </div>
  );
}

function missingPredictionText({ dataset, task, blind, lane }: LabelWorkspaceProps): string {
  if (!task) return 'No image is open.';
  if (blind && lane === 'AUDIT') return 'Hidden: predictions are not shown during an audit.';
  if (blind) return 'Hidden for this task, to measure how predictions influence answers.';
  if (!dataset.backbone) return 'Predictions are off. Pick the class below.';
  if (!dataset.currentRun) return 'Predictions appear after the first run. Pick the class below.';
  return 'This image has no prediction yet. Pick the class below.';
}

function PredictionsOff({ missing }: { missing: readonly string[] }) {
  return (
    <Alert
      variant="light"
      color="gray"
      icon={<IconInfoCircle />}
      title="Predictions are off"
      p="sm"
    >
      Labelling works without them. {missing.join(' ')}
    </Alert>
  );
}
