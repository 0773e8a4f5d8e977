import { Group, Loader, Text, Tooltip } from '@mantine/core';
import { IconCloudOff } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { formatCount } from '../lib/format';
import { useOutboxState } from '../lib/outbox/OutboxProvider';

/** "3 saving…" in the header: shown only when saving takes longer than a blink. */
export function OutboxState() {
  const { pending, struggling } = useOutboxState();
  const slow = useSlow(pending > 0);
  return (
    <div role="status" aria-label="Saving">
      {pending > 0 && (slow || struggling) && (
        <Tooltip
          label={
            struggling
              ? 'The server is out of reach. Your answers are kept on this computer and sent as soon as it is back.'
              : 'Your answers are on their way.'
          }
          multiline
          maw={280}
        >
          <Group gap={6} wrap="nowrap" px={6} tabIndex={0}>
            {struggling ? (
              <IconCloudOff size={16} color="var(--mantine-color-orange-6)" aria-hidden />
            ) : (
              <Loader size={12} />
            )}
            <Text size="xs" c="dimmed" className="tabular" style={{ whiteSpace: 'nowrap' }}>
              {formatCount(pending)} {struggling ? 'kept' : 'saving…'}
            </Text>
          </Group>
        </Tooltip>
      )}
    </div>
  );
}

function useSlow(active: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!active) return;
    const timer = setTimeout(() => setSlow(true), 400);
    return () => {
      clearTimeout(timer);
      setSlow(false);
    };
  }, [active]);
  return slow;
}
