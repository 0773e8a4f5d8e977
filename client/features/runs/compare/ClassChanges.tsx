import { Paper, Table, Text, Title } from '@mantine/core';
import { ClassSwatch } from '../../../components/ClassSwatch';
import { formatCount } from '../../../lib/format';
import { shareWords } from '../details/ClassScores';
import type { Diff } from './ComparedMetrics';
import { Delta } from './Delta';
import styles from '../RunReport.module.css';

const changeOf = (one: Diff['classes'][number]) =>
  Math.abs((one.toRecall ?? 0) - (one.fromRecall ?? 0)) +
  Math.abs((one.toPrecision ?? 0) - (one.fromPrecision ?? 0));

/** Compares precision and recall of two rounds per class, largest change first. */
export function ClassChanges({ classes }: { classes: Diff['classes'] }) {
  if (classes.length === 0) return null;
  const sorted = [...classes].sort((a, b) => changeOf(b) - changeOf(a));
  return (
    <Paper withBorder p="md" component="section" aria-label="Classes">
      <Title order={2} size="h5">
        Results per class
      </Title>
      <Text size="xs" c="dimmed" mb="xs">
        Each label is predicted by a head that was not trained on it. The largest change comes
        first.
      </Text>
      <div className={styles.scroll}>
        <Table
          className="tabular"
          withRowBorders={false}
          verticalSpacing={4}
          stickyHeader
          miw={520}
        >
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Class</Table.Th>
              <Table.Th ta="right">Labels</Table.Th>
              <Table.Th ta="right">Precision</Table.Th>
              <Table.Th ta="right" aria-label="Change of precision" />
              <Table.Th ta="right">Recall</Table.Th>
              <Table.Th ta="right" aria-label="Change of recall" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sorted.map((one) => (
              <Table.Tr key={one.class.id}>
                <Table.Td>
                  <ClassSwatch color={one.class.color} name={one.class.name} size={8} />
                </Table.Td>
                <Table.Td ta="right">{formatCount(one.labels)}</Table.Td>
                <Table.Td ta="right">
                  {shareWords(one.fromPrecision)} → {shareWords(one.toPrecision)}
                </Table.Td>
                <Table.Td ta="right">
                  <Delta from={one.fromPrecision} to={one.toPrecision} />
                </Table.Td>
                <Table.Td ta="right">
                  {shareWords(one.fromRecall)} → {shareWords(one.toRecall)}
                </Table.Td>
                <Table.Td ta="right">
                  <Delta from={one.fromRecall} to={one.toRecall} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Paper>
  );
}
