import { Paper, Table, Text, Title } from '@mantine/core';
import { ClassSwatch } from '../../../components/ClassSwatch';
import { formatCount } from '../../../lib/format';
import type { Diff } from './ComparedMetrics';
import styles from '../RunReport.module.css';

/** Lists the labels that were added between two rounds, per person and class. */
export function LabelsBetween({ diff }: { diff: Diff }) {
  return (
    <Paper withBorder p="md" h="100%" component="section" aria-label="Labels between the rounds">
      <Title order={2} size="h5" mb="xs">
        Labels between the rounds
      </Title>
      {diff.labels.length === 0 ? (
        <Text size="sm" c="dimmed">
          No label was added between the rounds.
        </Text>
      ) : (
        <div className={styles.scroll}>
          <Table className="tabular" withRowBorders={false} verticalSpacing={4} stickyHeader>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Person</Table.Th>
                <Table.Th>Class</Table.Th>
                <Table.Th ta="right">Labels</Table.Th>
                <Table.Th ta="right">Images changed to the class</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {diff.labels.map(({ person, class: one, given, undone, becameClass }) => (
                <Table.Tr key={`${person.id} ${one.id}`}>
                  <Table.Td>{person.name}</Table.Td>
                  <Table.Td>
                    <ClassSwatch color={one.color} name={one.name} size={8} />
                  </Table.Td>
                  <Table.Td ta="right">
                    {formatCount(given)}
                    {undone > 0 && ` (${formatCount(undone)} undone)`}
                  </Table.Td>
                  <Table.Td ta="right">{formatCount(becameClass)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </Paper>
  );
}
