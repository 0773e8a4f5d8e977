import { Tooltip } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import type { LibRunFragment } from '../../../gql/operations';
import { phaseHints, phasesOf, phaseStates, phaseWords } from '../runWords';
import styles from './PhaseSteps.module.css';

/** Shows the phases of a run in one line, each one done, active or pending. */
export function PhaseSteps({ run }: { run: Pick<LibRunFragment, 'recipe' | 'status' | 'phase'> }) {
  const states = phaseStates(run);
  return (
    <ol className={styles.steps} aria-label="Phases">
      {phasesOf(run.recipe).map((phase, index) => (
        <Tooltip key={phase} label={phaseHints[phase]}>
          <li
            data-state={states[index]}
            aria-current={states[index] === 'active' ? 'step' : undefined}
          >
            <span className={styles.mark} aria-hidden>
              {states[index] === 'done' && <IconCheck size={12} stroke={3} />}
            </span>
            {phaseWords[phase]}
          </li>
        </Tooltip>
      ))}
    </ol>
  );
}
