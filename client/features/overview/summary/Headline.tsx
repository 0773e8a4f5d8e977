import { Group, Paper, RingProgress, Text, Tooltip } from '@mantine/core';
import type { LibCountsFragment } from '../../../gql/operations';
import { formatCount, formatPercent } from '../../../lib/format';
import styles from './Headline.module.css';

interface Props {
  counts: LibCountsFragment;
}

const share = (part: number, whole: number) => (whole > 0 ? Math.min(1, part / whole) : 0);

/** Shows the counts of a dataset and the share of its images that are labelled. */
export function Headline({ counts }: Props) {
  const available = Math.max(0, counts.images - counts.heldOut);
  const labelled = share(counts.labelled, available);
  const figures = [
    { label: 'Images', value: counts.images, hint: 'Images in this dataset, without duplicates' },
    {
      label: 'Labelled',
      value: counts.labelled,
      hint: `Images with a consensus class, from ${formatCount(counts.labels)} labels`,
    },
    {
      label: 'Embedded',
      value: counts.embedded,
      hint: 'Images with an embedding, ready for prediction',
    },
    {
      label: 'Predicted',
      value: counts.predicted,
      hint: 'Images with a prediction of the current model',
    },
    {
      label: 'Held out',
      value: counts.heldOut,
      hint: 'Images that are predicted but never given to annotators',
    },
  ];
  return (
    <Paper withBorder p="md" component="section" aria-label="Counts">
      <Group gap="xl" wrap="wrap">
        <RingProgress
          size={84}
          thickness={8}
          // A round cap would draw a dot at 0 %.
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
