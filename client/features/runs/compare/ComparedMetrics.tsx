import { Anchor, Paper, Table, Title } from '@mantine/core';
import { Link } from 'react-router';
import type { RunsComparedFragment, RunsComparisonQuery } from '../../../gql/operations';
import { datasetPaths } from '../../../lib/datasetPaths';
import { formatCount, formatPercent } from '../../../lib/format';
import { Delta } from './Delta';

export type Diff = NonNullable<RunsComparisonQuery['runDiff']>;

const measures: { name: string; of: (run: RunsComparedFragment) => number | null | undefined }[] = [
  { name: 'Random sample', of: (run) => run.calibration?.accuracy },
  { name: 'Validation', of: (run) => run.metrics?.validationAccuracy },
  { name: 'Test', of: (run) => run.metrics?.testAccuracy },
  {
    name: 'Calibration error',
    of: (run) => run.calibration?.expectedCalibrationError,
  },
];

/** Shows the metrics of two rounds side by side. */
export function ComparedMetrics({ diff, datasetId }: { diff: Diff; datasetId: string }) {
  const { from, to } = diff;
  const words = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : formatPercent(value, 1);
  return (
    <Paper withBorder p="md" component="section" aria-label="Accuracy">
      <Title order={2} size="h5" mb="xs">
        Accuracy
      </Title>
      <Table.ScrollContainer minWidth={330}>
        <Table
          className="tabular"
          style={{ whiteSpace: 'nowrap' }}
          withRowBorders={false}
          verticalSpacing={4}
        >
          <Table.Thead>
            <Table.Tr>
              <Table.Th />
              {[from, to].map((run, index) => (
                <Table.Th key={index} ta="right">
                  <Anchor component={Link} to={datasetPaths.run(datasetId, run.id)} size="sm">
                    Round {run.number}
                  </Anchor>
                </Table.Th>
              ))}
              <Table.Th ta="right">Change</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            <Table.Tr>
              <Table.Td>Labels</Table.Td>
              <Table.Td ta="right">{formatCount(from.labelCount ?? 0)}</Table.Td>
              <Table.Td ta="right">{formatCount(to.labelCount ?? 0)}</Table.Td>
              <Table.Td ta="right">
                {signed((to.labelCount ?? 0) - (from.labelCount ?? 0))}
              </Table.Td>
            </Table.Tr>
            {measures.map(({ name, of }) => (
              <Table.Tr key={name}>
                <Table.Td>{name}</Table.Td>
                <Table.Td ta="right">{words(of(from))}</Table.Td>
                <Table.Td ta="right">{words(of(to))}</Table.Td>
                <Table.Td ta="right">
                  <Delta from={of(from)} to={of(to)} lowerIsBetter={name === 'Calibration error'} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

const signed = (value: number) => (value > 0 ? `+${formatCount(value)}` : formatCount(value));
