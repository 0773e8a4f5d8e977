import { Group, Loader, Text, Tooltip } from '@mantine/core';
import { IconCloudOff } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { formatCount } from '../lib/format';
import { useOutboxState } from '../lib/outbox/OutboxProvider';

/** Shows "3 saving…" in the header if saving takes longer than a moment. */
export function OutboxState() {
  const { pending, isFailing } = useOutboxState();
  const isSlow = useIsSlow(pending > 0);
  return (
    <div role="status" aria-label="Saving">
      {pending > 0 && (isSlow || isFailing) && (
        <Tooltip
          label={
            isFailing
              ? 'The server cannot be reached. Your answers are stored on this computer and sent when it is available again.'
              : 'Your answers are being saved.'
          }
          multiline
          maw={280}
        >
          <Group gap={6} wrap="nowrap" px={6} tabIndex={0}>
            {isFailing ? (
              <IconCloudOff size={16} color="var(--mantine-color-orange-6)" aria-hidden />
            ) : (
              <Loader size={12} />
            )}
            <Text size="xs" c="dimmed" className="tabular" style={{ whiteSpace: 'nowrap' }}>
              {formatCount(pending)} {isFailing ? 'unsent' : 'saving…'}
            </Text>
          </Group>
        </Tooltip>
      )}
    </div>
  );
}

function useIsSlow(active: boolean): boolean {
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    if (!active) return;
    const timer = setTimeout(() => setIsSlow(true), 400);
    return () => {
      clearTimeout(timer);
      setIsSlow(false);
    };
  }, [active]);
  return isSlow;
}
