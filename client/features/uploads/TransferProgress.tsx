import { Group, Progress, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatBytes, formatDuration, formatQuantity } from '../../lib/format';
import type { UploadSnapshot } from './uploadTypes';

interface Props {
  snapshot: UploadSnapshot;
  actions: ReactNode;
}

function headline({ status, settled, files, counts }: UploadSnapshot): string {
  if (status === 'finished')
    return counts.failed + counts.refused + counts.cancelled === 0
      ? 'Upload complete'
      : 'Upload finished';
  const of = `${settled.toLocaleString('en')} of ${formatQuantity(files, 'file')}`;
  return status === 'paused' ? `Paused at ${of}` : `Uploading ${of}`;
}

function detail({ counts }: UploadSnapshot): string {
  const parts = [
    `${counts.done.toLocaleString('en')} added`,
    counts.duplicate > 0 && formatQuantity(counts.duplicate, 'duplicate'),
    counts.refused > 0 && `${counts.refused.toLocaleString('en')} refused`,
    counts.failed > 0 && `${counts.failed.toLocaleString('en')} failed`,
    counts.cancelled > 0 && `${counts.cancelled.toLocaleString('en')} cancelled`,
  ];
  return parts.filter(Boolean).join(' · ');
}

/** Counts bytes and confirmed files: a file is complete only after the server's answer. */
function percentOf({ bytesSent, bytesTotal, settled, files, status }: UploadSnapshot): number {
  if (status === 'finished') return 100;
  const bytes = bytesTotal > 0 ? bytesSent / bytesTotal : 0;
  return 90 * bytes + 10 * (settled / Math.max(1, files));
}

export function TransferProgress({ snapshot, actions }: Props) {
  const { bytesSent, bytesTotal, bytesPerSecond, secondsLeft, status, counts } = snapshot;
  const speed = [
    `${formatBytes(bytesSent)} of ${formatBytes(bytesTotal)}`,
    status === 'running' && bytesPerSecond > 0 && `${formatBytes(bytesPerSecond)}/s`,
    status === 'running' &&
      secondsLeft !== null &&
      `${formatDuration(Math.max(1, secondsLeft))} left`,
  ];
  const percent = percentOf(snapshot);
  const hasFailures = counts.failed > 0;
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="sm">
        <div aria-live="polite">
          <Text fw={600}>{headline(snapshot)}</Text>
          <Text size="sm" c="dimmed">
            {detail(snapshot)}
          </Text>
        </div>
        {actions}
      </Group>
      <Progress
        value={percent}
        size="lg"
        aria-label="Overall progress"
        animated={status === 'running'}
        color={status !== 'finished' ? undefined : hasFailures ? 'orange' : 'teal'}
      />
      <Text size="sm" c="dimmed" style={{ fontVariantNumeric: 'tabular-nums' }}>
        {speed.filter(Boolean).join(' · ')}
      </Text>
    </Stack>
  );
}
