import { Loader, Text } from '@mantine/core';
import type { ExplanationState } from '../lib/explain/useExplanation';
import { heatGradient } from '../lib/explain/heatMap';
import { ClassSwatch } from './ClassSwatch';
import styles from './HeatLegend.module.css';

/** Explains a heat map: its class and colours, or why there is no heat map. */
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
            evidence for it
          </Text>
        </>
      )}
      {!problem && !explanation && <Text size="xs">Computing the heat map …</Text>}
      {loading && <Loader size={12} aria-label="Loading" />}
    </div>
  );
}
