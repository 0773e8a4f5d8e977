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
  /** The digit of each prediction; null if it is the hotkey of a class. */
  keys: readonly (string | null)[];
  onAnswer: (picked: LibClassFragment) => void;
  /** Called with the class under the pointer or with keyboard focus, or null when there is none. */
  onPointAt: (classId: string | null) => void;
  /** Shown while there are no predictions. */
  placeholder: string;
}

/** The five most likely classes as buttons. The block keeps its height without predictions. */
export function PredictionButtons({
  prediction,
  keys,
  onAnswer,
  onPointAt,
  placeholder,
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
          <li className={classes.placeholder}>
            <Text size="sm" c="dimmed">
              {placeholder}
            </Text>
          </li>
        )}
      </ol>
    </section>
  );
}
