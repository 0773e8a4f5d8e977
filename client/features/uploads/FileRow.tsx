import { Group, Progress, Text } from '@mantine/core';
import { memo } from 'react';
import { formatBytes } from '../../lib/format';
import type { UploadItem, UploadState } from './uploadTypes';
import { reasonWords, stateWords } from './uploadWords';

interface Props {
  item: UploadItem;
  /** Passed separately, because the engine mutates the item. */
  sentBytes: number;
  state: UploadState;
}

const colors: Partial<Record<UploadState, string>> = {
  done: 'teal',
  duplicate: 'dimmed',
  refused: 'orange',
  failed: 'red',
  cancelled: 'dimmed',
  waiting: 'dimmed',
  ticketed: 'dimmed',
};

function stateText(item: UploadItem, state: UploadState): string {
  if (state !== 'refused' && state !== 'failed') return stateWords[state];
  const reason = item.reason ? reasonWords[item.reason] : stateWords[state];
  return item.message ? `${reason}: ${item.message}` : reason;
}

export const FileRow = memo(function FileRow({ item, sentBytes, state }: Props) {
  const { fileName, byteSize } = item.input;
  const hasProblem = state === 'refused' || state === 'failed';
  return (
    <Group gap="sm" wrap="nowrap" h="100%">
      <Text size="sm" truncate flex={hasProblem ? '0 1 40%' : 1} title={fileName}>
        {fileName}
      </Text>
      {state === 'sending' && (
        <Progress
          value={(100 * sentBytes) / Math.max(1, byteSize)}
          w={90}
          size="sm"
          aria-label={`Progress of ${fileName}`}
        />
      )}
      <Text
        size="sm"
        c={colors[state]}
        truncate
        flex={hasProblem ? 1 : 'none'}
        title={stateText(item, state)}
      >
        {stateText(item, state)}
      </Text>
      <Text size="xs" c="dimmed" flex="none" w={64} ta="right" visibleFrom="xs">
        {formatBytes(byteSize)}
      </Text>
    </Group>
  );
});
