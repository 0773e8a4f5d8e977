import { Button, Group, Paper, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconRefresh } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { datasetPaths } from '../../lib/datasetPaths';
import { FileRow } from './FileRow';
import { TransferProgress } from './TransferProgress';
import type { UploadEngine } from './uploadEngine';
import { rowsInOrder } from './uploadSummary';
import type { UploadSnapshot, UploadState } from './uploadTypes';
import { WindowedList } from './WindowedList';

interface Props {
  engine: UploadEngine;
  snapshot: UploadSnapshot;
  datasetId: string;
}

const views = {
  all: null,
  open: ['waiting', 'ticketed', 'sending', 'sent'],
  problems: ['refused', 'failed'],
  duplicate: ['duplicate'],
} satisfies Record<string, UploadState[] | null>;
type View = keyof typeof views;

const sum = (snapshot: UploadSnapshot, states: UploadState[]) =>
  states.reduce((total, state) => total + snapshot.counts[state], 0);

/** Shows the progress of the upload and of each file. */
export function TransferPanel({ engine, snapshot, datasetId }: Props) {
  const [view, setView] = useState<View>('all');
  // The engine mutates its items, so the rows are read again for each new revision.
  const { revision } = snapshot;
  const rows = useMemo(
    () => (revision >= 0 ? rowsInOrder(engine.items, views[view]) : []),
    [engine, view, revision],
  );
  const option = (value: View, name: string, count: number) => ({
    value,
    label: `${name} ${count.toLocaleString('en')}`,
  });
  return (
    <Paper withBorder p="md" component="section" aria-label="Upload progress">
      <Stack gap="md">
        <TransferProgress
          snapshot={snapshot}
          actions={<Actions engine={engine} snapshot={snapshot} datasetId={datasetId} />}
        />
        <SegmentedControl
          aria-label="Files shown"
          size="xs"
          // Four counts do not fit on a phone, so the row scrolls.
          style={{ overflowX: 'auto' }}
          styles={{ control: { flexShrink: 0 } }}
          value={view}
          onChange={(value) => setView(value)}
          data={[
            option('all', 'All', snapshot.files),
            option('open', 'In progress', sum(snapshot, views.open)),
            option('problems', 'Refused', sum(snapshot, views.problems)),
            option('duplicate', 'Duplicates', snapshot.counts.duplicate),
          ]}
        />
        {rows.length === 0 ? (
          <Text size="sm" c="dimmed" py="xs">
            No files here.
          </Text>
        ) : (
          <WindowedList
            items={rows}
            rowHeight={36}
            maxRows={10}
            label="Files"
            keyOf={(item) => item.key}
            row={(item) => <FileRow item={item} sentBytes={item.sentBytes} state={item.state} />}
          />
        )}
      </Stack>
    </Paper>
  );
}

function Actions({ engine, snapshot, datasetId }: Props) {
  if (snapshot.status === 'finished')
    return (
      <Group gap="xs">
        {snapshot.counts.failed > 0 && (
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} />}
            onClick={() => engine.retryFailed()}
          >
            Retry failed files
          </Button>
        )}
        <Button variant="subtle" color="gray" onClick={() => engine.clear()}>
          Dismiss
        </Button>
        <Button component={Link} to={datasetPaths.label(datasetId)}>
          Start labelling
        </Button>
      </Group>
    );
  const paused = snapshot.status === 'paused';
  return (
    <Group gap="xs">
      <Button
        variant="default"
        leftSection={paused ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />}
        onClick={() => (paused ? engine.resume() : engine.pause())}
      >
        {paused ? 'Resume' : 'Pause'}
      </Button>
      <Button variant="subtle" color="red" onClick={() => engine.cancel()}>
        Cancel upload
      </Button>
    </Group>
  );
}
