import { Loader, Text } from '@mantine/core';
import type { ExplanationState } from '../lib/explain/useExplanation';
import { heatGradient } from '../lib/explain/heatMap';
import { ClassSwatch } from './ClassSwatch';
import styles from './HeatLegend.module.css';

/** What a heat map shows and of which class, or why there is none. */
export function HeatLegend({ explanation, loading, problem }: ExplanationState) {
  return (
    <div className={styles.legend} role="status" aria-label="Heat map">
      {problem && <Text size="xs">{problem}</Text>}
      {!problem && explanation && (
        <>
          <span className={styles.class}>
            <ClassSwatch color={explanation.class.color} name={explanation.class.name} />
          </span>
          <span className={styles.scale} style={{ backgroundImage: heatGradient }} />
          <Text size="xs" c="dimmed">
            speaks for it
          </Text>
        </>
      )}
      {!problem && !explanation && <Text size="xs">Looking where the model looks …</Text>}
      {loading && <Loader size={12} aria-label="Loading" />}
    </div>
  );
}
