import { Anchor, Box, Group, NativeSelect, Paper, ScrollArea, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { ClassSwatch } from '../../../components/ClassSwatch';
import { datasetPaths } from '../../../lib/datasetPaths';
import { formatCount, formatQuantity } from '../../../lib/format';
import { maxBarLength, sortedClasses, type ClassCount, type ClassSort } from './classBars';
import styles from './ClassCounts.module.css';

const sorts: { value: ClassSort; label: string }[] = [
  { value: 'order', label: 'Class order' },
  { value: 'most', label: 'Most labelled' },
  { value: 'fewest', label: 'Fewest labelled' },
  { value: 'name', label: 'By name' },
];

interface Props {
  classes: ClassCount[];
  datasetId: string;
}

/** Draws the labelled and predicted images of each class as bars on one scale. */
export function ClassCounts({ classes, datasetId }: Props) {
  const [sort, setSort] = useState<ClassSort>('order');
  const scale = maxBarLength(classes);
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="class-counts">
      <Group justify="space-between" mb="sm" gap="xs">
        <Group gap="xs" align="baseline">
          <Title order={2} size="h5" id="class-counts">
            {classes.length > 0 ? formatQuantity(classes.length, 'class', 'classes') : 'Classes'}
          </Title>
          {classes.length > 0 && (
            <Text size="xs" c="dimmed">
              solid: labelled, pale: predicted
            </Text>
          )}
        </Group>
        {classes.length > 1 && (
          <NativeSelect
            size="xs"
            aria-label="Sort classes"
            data={sorts}
            value={sort}
            onChange={(event) => setSort(event.currentTarget.value as ClassSort)}
          />
        )}
      </Group>
      {classes.length === 0 ? (
        <Text size="sm" c="dimmed" py="md">
          No classes yet.{' '}
          <Anchor component={Link} to={datasetPaths.classes(datasetId)} size="sm">
            Add two classes
          </Anchor>
        </Text>
      ) : (
        <ScrollArea.Autosize mah={380} type="auto" offsetScrollbars="present">
          <Box component="ul" className={styles.list}>
            {sortedClasses(classes, sort).map((each) => (
              <ClassBar key={each.id} each={each} scale={scale} />
            ))}
          </Box>
        </ScrollArea.Autosize>
      )}
    </Paper>
  );
}

function ClassBar({ each, scale }: { each: ClassCount; scale: number }) {
  const { name, color, labelledCount, predictedCount } = each;
  const width = (count: number) => `${(100 * count) / scale}%`;
  return (
    <li className={styles.row}>
      <Text size="sm" component="span" className={styles.name}>
        <ClassSwatch color={color} name={name} />
      </Text>
      <span className={styles.track} aria-hidden>
        <span style={{ width: width(labelledCount), background: color }} />
        <span style={{ width: width(predictedCount), background: color, opacity: 0.28 }} />
      </span>
      <Text size="xs" c="dimmed" className={`tabular ${styles.counts}`}>
        <span aria-label={`${labelledCount} labelled`}>{formatCount(labelledCount)}</span>
        {' + '}
        <span aria-label={`${predictedCount} predicted`}>{formatCount(predictedCount)}</span>
      </Text>
    </li>
  );
}
