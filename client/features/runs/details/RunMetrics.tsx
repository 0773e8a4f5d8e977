import { Table, Text, Title } from '@mantine/core';
import type { LibRunFragment } from '../../../gql/operations';
import { formatCount, formatPercent } from '../../../lib/format';

type Metrics = NonNullable<LibRunFragment['metrics']>;

/** Lists the accuracy and loss of a run on each split. */
export function RunMetrics({ metrics }: { metrics: Metrics }) {
  const rows = [
    {
      name: 'Validation',
      accuracy: metrics.validationAccuracy,
      loss: metrics.validationLoss,
      count: metrics.validationCount,
    },
    {
      name: 'Test',
      accuracy: metrics.testAccuracy,
      loss: metrics.testLoss,
      count: metrics.testCount,
    },
    {
      name: 'Training',
      accuracy: metrics.trainAccuracy,
      loss: metrics.trainLoss,
      count: metrics.trainCount,
    },
  ];
  return (
    <section aria-label="Metrics">
      <Title order={3} size="h6" mb="xs">
        Metrics
      </Title>
      <Table className="tabular" withRowBorders={false} verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Measured on</Table.Th>
            <Table.Th ta="right">Labels</Table.Th>
            <Table.Th ta="right">Accuracy</Table.Th>
            <Table.Th ta="right">Loss</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ name, accuracy, loss, count }) => (
            <Table.Tr key={name}>
              <Table.Td>{name}</Table.Td>
              <Table.Td ta="right">{formatCount(count)}</Table.Td>
              <Table.Td ta="right">
                {accuracy === null ? 'not measured' : formatPercent(accuracy, 1)}
              </Table.Td>
              <Table.Td ta="right">{loss === null ? '–' : loss.toFixed(4)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="xs" c="dimmed" mt={4}>
        Validation and test labels are predicted by models that were not trained on them. The
        published model is trained on every label, so its training accuracy says nothing about new
        images.
      </Text>
    </section>
  );
}
