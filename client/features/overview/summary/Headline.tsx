import { Group, Paper, RingProgress, Text, Tooltip } from '@mantine/core';
import type { LibCountsFragment } from '../../../gql/operations';
import { formatCount, formatPercent } from '../../../lib/format';
import styles from './Headline.module.css';

interface Props {
  counts: LibCountsFragment;
}

const share = (part: number, whole: number) => (whole > 0 ? Math.min(1, part / whole) : 0);

/** The dataset in five numbers, and how far its labelling has come. */
export function Headline({ counts }: Props) {
  const askable = Math.max(0, counts.images - counts.heldOut);
  const labelled = share(counts.labelled, askable);
  const figures = [
    { label: 'Images', value: counts.images, hint: 'In this dataset, each kept once' },
    {
      label: 'Labelled',
      value: counts.labelled,
      hint: `With an agreed class, from ${formatCount(counts.labels)} labels`,
    },
    { label: 'Embedded', value: counts.embedded, hint: 'Seen by the backbone: ready to predict' },
    { label: 'Predicted', value: counts.predicted, hint: 'With a prediction of the current model' },
    { label: 'Held out', value: counts.heldOut, hint: 'Predicted, and never asked about' },
  ];
  return (
    <Paper withBorder p="md" component="section" aria-label="Counts">
      <Group gap="xl" wrap="wrap">
        <RingProgress
          size={84}
          thickness={8}
          // A round cap would draw a dot for nothing at all.
          roundCaps={labelled > 0}
          aria-label={`${formatPercent(labelled)} labelled`}
          sections={[{ value: 100 * labelled, color: 'var(--mantine-primary-color-filled)' }]}
          label={
            <Text size="sm" fw={600} ta="center" className="tabular">
              {formatPercent(labelled)}
            </Text>
          }
        />
        <dl className={styles.figures}>
          {figures.map(({ label, value, hint }) => (
            <Tooltip key={label} label={hint} position="bottom">
              <div>
                <dt>{label}</dt>
                <dd className="tabular">{formatCount(value)}</dd>
              </div>
            </Tooltip>
          ))}
        </dl>
      </Group>
    </Paper>
  );
}
