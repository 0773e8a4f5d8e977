import { Anchor, Badge, Button, Checkbox, Group, Stack, Table, Text, Tooltip } from '@mantine/core';
import { IconArrowsDiff } from '@tabler/icons-react';
import { useState } from 'react';
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
  /** The run that made the current predictions. */
  currentId: string | null;
}

/** Lists the runs, newest first. Two of them can be selected for comparison. */
export function RunTable({ datasetId, runs, currentId }: Props) {
  const [picked, setPicked] = useState<readonly string[]>([]);
  const published = runs.filter(({ status }) => status === 'PUBLISHED');
  // A third selection replaces the oldest one.
  const pick = (id: string, on: boolean) =>
    setPicked((before) => [...before.filter((each) => each !== id), ...(on ? [id] : [])].slice(-2));
  const pair = published
    .filter(({ id }) => picked.includes(id))
    .sort((a, b) => a.number - b.number);
  const [from, to] = pair;
  return (
    <Stack gap="xs">
      {published.length > 1 && <Compare datasetId={datasetId} from={from} to={to} />}
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
              <Table.Th w={36} aria-label="Compare" />
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
              <RunRow
                key={run.id}
                run={run}
                datasetId={datasetId}
                current={run.id === currentId}
                picked={picked.includes(run.id)}
                onPick={(on) => pick(run.id, on)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}

interface CompareProps {
  datasetId: string;
  from: LibRunFragment | undefined;
  to: LibRunFragment | undefined;
}

function Compare({ datasetId, from, to }: CompareProps) {
  const isReady = from !== undefined && to !== undefined;
  return (
    <Group justify="flex-end" gap="sm" mih={30}>
      {isReady ? (
        <Button
          component={Link}
          to={datasetPaths.compare(datasetId, from.id, to.id)}
          size="xs"
          variant="default"
          leftSection={<IconArrowsDiff size={14} />}
        >
          Compare rounds {from.number} and {to.number}
        </Button>
      ) : (
        <Text size="xs" c="dimmed">
          Select two rounds to compare them
        </Text>
      )}
    </Group>
  );
}

interface RowProps {
  run: LibRunFragment;
  datasetId: string;
  current: boolean;
  picked: boolean;
  onPick: (on: boolean) => void;
}

function RunRow({ run, datasetId, current, picked, onPick }: RowProps) {
  const { words, color } = statusWords[run.status];
  const at = run.startedAt ?? run.queuedAt;
  return (
    <Table.Tr>
      <Table.Td>
        {run.status === 'PUBLISHED' && (
          <Checkbox
            size="xs"
            aria-label={`Compare round ${run.number}`}
            checked={picked}
            onChange={(event) => onPick(event.currentTarget.checked)}
          />
        )}
      </Table.Td>
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
            <Tooltip label="The current predictions come from this round">
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

/** Shows an accuracy together with the number of labels that it was measured on. */
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
