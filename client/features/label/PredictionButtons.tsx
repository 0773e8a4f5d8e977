import { predictionKeyCount } from '../../../shared/limits';
import { Kbd, Text, UnstyledButton } from '@mantine/core';
import { ClassSwatch } from '../../components/ClassSwatch';
import { ConfidenceBar } from '../../components/ConfidenceBar';
import type { LibClassFragment, LibTaskImageFragment } from '../../gql/operations';
import { formatPercent } from '../../lib/format';
import classes from './Answers.module.css';
import { keepFocus } from './keepFocus';

export interface PredictionButtonsProps {
  prediction: LibTaskImageFragment['prediction'];
  /** The digit of each prediction, or null where a class owns it. */
  keys: readonly (string | null)[];
  onAnswer: (picked: LibClassFragment) => void;
  /** The class under the pointer or the keyboard's focus; null once there is none. */
  onPointAt: (classId: string | null) => void;
  /** Said in place of predictions while there are none. */
  absent: string;
}

/** What the model says of the image: its five most likely classes. The block keeps its height without them. */
export function PredictionButtons({
  prediction,
  keys,
  onAnswer,
  onPointAt,
  absent,
}: PredictionButtonsProps) {
  const top = prediction?.top.slice(0, predictionKeyCount) ?? [];
  return (
    <section aria-labelledby="predicted">
      <Text id="predicted" component="h2" className={classes.heading}>
        Predicted
        {prediction && <span className={classes.aside}>Round {prediction.run.number}</span>}
      </Text>
      <ol className={classes.predictions}>
        {top.map(({ class: one, confidence }, index) => (
          <li key={one.id}>
            <UnstyledButton
              className={classes.prediction}
              onMouseDown={keepFocus}
              onClick={() => onAnswer(one)}
              onPointerEnter={() => onPointAt(one.id)}
              onPointerLeave={() => onPointAt(null)}
              onFocus={() => onPointAt(one.id)}
              onBlur={() => onPointAt(null)}
              aria-label={`${one.name}, ${formatPercent(confidence)}`}
              aria-keyshortcuts={keys[index] ?? undefined}
            >
              <Kbd size="xs" className={classes.key} data-empty={!keys[index] || undefined}>
                {keys[index]}
              </Kbd>
              <span className={classes.name}>
                <ClassSwatch color={one.color} name={one.name} />
              </span>
              <span className={classes.meter}>
                <ConfidenceBar confidence={confidence} color={one.color} withValue />
              </span>
            </UnstyledButton>
          </li>
        ))}
        {top.length === 0 && (
          <li className={classes.absent}>
            <Text size="sm" c="dimmed">
              {absent}
            </Text>
          </li>
        )}
      </ol>
    </section>
  );
}
