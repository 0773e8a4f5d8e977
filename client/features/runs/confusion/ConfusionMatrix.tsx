import { Anchor, Text, Title } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { RunsDetailQuery } from '../../../gql/operations';
import { datasetPaths } from '../../../lib/datasetPaths';
import { formatCount, formatPercent, formatQuantity } from '../../../lib/format';
import styles from './ConfusionMatrix.module.css';
import { ConfusionPlot } from './ConfusionPlot';
import { confusionGrid, type ConfusionGrid, type Place, correctOf } from './confusionGrid';

interface Props {
  confusions: NonNullable<RunsDetailQuery['retrainRun']>['confusions'];
  datasetId: string;
}

/** Draws labelled against predicted classes. A cell shows its counts and links to the images. */
export function ConfusionMatrix({ confusions, datasetId }: Props) {
  const grid = useMemo(() => confusionGrid(confusions), [confusions]);
  const [place, setPlace] = useState<Place | null>(null);
  const navigate = useNavigate();
  const chosen = place && cellWords(grid, place, datasetId);
  // With a single class there is nothing to confuse.
  if (grid.classes.length < 2) return null;
  return (
    <section aria-label="Confusion matrix">
      <Title order={3} size="h6" mb={4}>
        Confusion matrix
      </Title>
      <Text size="xs" c="dimmed" mb="xs">
        Each label is predicted by a head that was not trained on it. A stronger colour means a
        larger share of the row. Predictions on the diagonal are{' '}
        <span className={styles.correct}>correct</span>, all others are{' '}
        <span className={styles.incorrect}>incorrect</span>.
      </Text>
      <ConfusionPlot
        grid={grid}
        label={summary(grid)}
        place={place}
        words={chosen?.words}
        onPlace={setPlace}
        onOpen={() => chosen?.to && void navigate(chosen.to)}
      />
      <Text size="sm" component="div" mt="xs" mih="2lh" className="tabular" role="status">
        {chosen ? (
          <>
            {chosen.words}
            {chosen.to && (
              <>
                {' '}
                <Anchor component={Link} to={chosen.to} size="sm">
                  Show images
                </Anchor>
              </>
            )}
          </>
        ) : (
          <Text span inherit c="dimmed">
            Point at a cell, or move with the arrow keys.
          </Text>
        )}
      </Text>
    </section>
  );
}

function cellWords({ classes, totals, at }: ConfusionGrid, { row, column }: Place, id: string) {
  const [labelled, predicted] = [classes[row], classes[column]];
  if (!labelled || !predicted) return null;
  const count = at(row, column)?.count ?? 0;
  const total = totals[row] ?? 0;
  const share = count > 0 ? ` (${formatPercent(count / total)})` : '';
  return {
    words: `Labelled ${labelled.name}, predicted ${predicted.name}: ${formatCount(count)} of ${formatCount(total)}${share}`,
    to: count > 0 ? datasetPaths.confused(id, labelled.id, predicted.id) : undefined,
  };
}

function summary(grid: ConfusionGrid): string {
  const { correct, total } = correctOf(grid);
  const size = formatQuantity(grid.classes.length, 'class', 'classes');
  return `Confusion matrix of ${size}: ${formatCount(correct)} of ${formatCount(total)} labels were predicted correctly. The confused classes are listed below.`;
}
