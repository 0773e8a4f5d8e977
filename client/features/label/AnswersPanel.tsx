import { Alert } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode, Ref } from 'react';
import type { LabelPageQuery, LibClassFragment, LibTaskImageFragment } from '../../gql/operations';
import { ClassPicker } from './ClassPicker';
import type { KeyMap } from './keyMap';
import classes from './LabelWorkspace.module.css';
import { PredictionButtons } from './PredictionButtons';
import type { StreamTask } from './taskStream';
import type { TaskLane } from './useTaskStream';

export interface AnswersPanelProps {
  dataset: Pick<NonNullable<LabelPageQuery['dataset']>, 'backbone' | 'classes' | 'currentRun'>;
  /** What the server lacks for predictions, in sentences. */
  missing: readonly string[];
  task: StreamTask | undefined;
  /** Null if there is none, or if the task hides it. */
  prediction: LibTaskImageFragment['prediction'];
  blind: boolean;
  lane: TaskLane;
  keys: KeyMap;
  searchRef: Ref<HTMLInputElement>;
  /** Shown above the answers. */
  notice: ReactNode;
  onAnswer: (picked: LibClassFragment) => void;
  onPointAt: (classId: string | null) => void;
  onAddClass: (name: string) => void;
}

/** Draws the possible answers: the predicted classes, and all classes of the dataset. */
export function AnswersPanel(props: AnswersPanelProps) {
  const { dataset, onAnswer } = props;
  return (
    <aside className={classes.answers} aria-label="Answers">
      {props.notice}
      {!dataset.backbone && <PredictionsOff missing={props.missing} />}
      <PredictionButtons
        prediction={props.prediction}
        keys={props.keys.predictionKeys}
        onAnswer={onAnswer}
        onPointAt={props.onPointAt}
        placeholder={missingPredictionText(props)}
      />
      <ClassPicker
        classes={dataset.classes}
        onAnswer={onAnswer}
        onAddClass={props.onAddClass}
        searchRef={props.searchRef}
      />
    </aside>
  );
}

function missingPredictionText({ dataset, task, blind, lane }: AnswersPanelProps): string {
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
