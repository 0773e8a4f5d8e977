import { Anchor, Badge, Group, Table, Text, Tooltip } from '@mantine/core';
import { Link } from 'react-router';
import type { LibRunFragment } from '../../gql/operations';
import { datasetPaths } from '../../lib/datasetPaths';
import {
  formatAgo,
  formatCount,
  formatDuration,
  formatMoment,
  formatPercent,
} from '../../lib/format';
import { recipeWords, statusWords, triggerWords } from './runWords';

interface Props {
  datasetId: string;
  runs: LibRunFragment[];
  /** The run whose model the predictions come from. */
  currentId: string | null;
}

/** Every run, newest first. */
export function RunTable({ datasetId, runs, currentId }: Props) {
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table
        highlightOnHover
        verticalSpacing="xs"
        className="tabular"
        aria-label="Runs"
        style={{ whiteSpace: 'nowrap' }}
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Round</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th>Started</Table.Th>
            <Table.Th ta="right">Labels</Table.Th>
            <Table.Th ta="right">Validation</Table.Th>
            <Table.Th ta="right">Test</Table.Th>
            <Table.Th ta="right">Time</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((run) => (
            <RunRow key={run.id} run={run} datasetId={datasetId} current={run.id === currentId} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

interface RowProps {
  run: LibRunFragment;
  datasetId: string;
  current: boolean;
}

function RunRow({ run, datasetId, current }: RowProps) {
  const { words, color } = statusWords[run.status];
  const at = run.startedAt ?? run.queuedAt;
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={datasetPaths.run(datasetId, run.id)} size="sm" fw={500}>
          Round {run.number}
        </Anchor>
      </Table.Td>
      <Table.Td>
        <Group gap={6} wrap="nowrap" miw="max-content">
          <Badge variant="light" color={color} tt="none" flex="none">
            {words}
          </Badge>
          {run.recipe !== 'HEAD' && (
            <Badge variant="default" tt="none" flex="none">
              {recipeWords[run.recipe]}
            </Badge>
          )}
          {current && (
            <Tooltip label="The current predictions come from it">
              <Badge variant="outline" tt="none" flex="none">
                current
              </Badge>
            </Tooltip>
          )}
        </Group>
      </Table.Td>
      <Table.Td>
        <Text size="sm" title={formatMoment(at)}>
          {formatAgo(at)}, {run.startedBy ? `by ${run.startedBy.name}` : triggerWords[run.trigger]}
        </Text>
      </Table.Td>
      <Table.Td ta="right">{run.labelCount === null ? '–' : formatCount(run.labelCount)}</Table.Td>
      <Measured value={run.metrics?.validationAccuracy} count={run.metrics?.validationCount} />
      <Measured value={run.metrics?.testAccuracy} count={run.metrics?.testCount} />
      <Table.Td ta="right">{run.seconds === null ? '–' : formatDuration(run.seconds)}</Table.Td>
    </Table.Tr>
  );
}

/** An accuracy is never shown without how many labels it was measured on. */
function Measured({ value, count }: { value?: number | null; count?: number }) {
  if (value === null || value === undefined) return <Table.Td ta="right">–</Table.Td>;
  return (
    <Table.Td ta="right">
      {formatPercent(value, 1)}{' '}
      <Text span size="xs" c="dimmed">
        of {formatCount(count ?? 0)}
      </Text>
    </Table.Td>
  );
}
