import { Box, Paper, ScrollArea, Text, ThemeIcon, Title } from '@mantine/core';
import { useInterval } from '@mantine/hooks';
import {
  IconAdjustments,
  IconPhotoUp,
  IconSparkles,
  IconTag,
  type Icon,
} from '@tabler/icons-react';
import { useState } from 'react';
import { ClassSwatch } from '../../../components/ClassSwatch';
import { formatAgo, formatMoment } from '../../../lib/format';
import type { ActivityEntry, ActivityKind } from './activity';
import styles from './ActivityList.module.css';

const icons: Record<ActivityKind, Icon> = {
  label: IconTag,
  run: IconSparkles,
  upload: IconPhotoUp,
  dataset: IconAdjustments,
};

/** Lists recent activity, newest first. New entries appear live. */
export function ActivityList({ entries }: { entries: ActivityEntry[] }) {
  const now = useNow(20_000);
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="activity">
      <Title order={2} size="h5" mb="sm" id="activity">
        Activity
      </Title>
      {entries.length === 0 ? (
        <Text size="sm" c="dimmed">
          Labels, uploads and rounds appear here as they happen.
        </Text>
      ) : (
        <ScrollArea.Autosize mah={440} type="auto" offsetScrollbars="present">
          <Box component="ol" className={styles.list} role="log" aria-labelledby="activity">
            {entries.map((entry) => (
              <Entry key={entry.key} entry={entry} now={now} />
            ))}
          </Box>
        </ScrollArea.Autosize>
      )}
    </Paper>
  );
}

/** Returns the current time and updates it, so that relative times stay correct. */
function useNow(intervalMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useInterval(() => setNow(Date.now()), intervalMs, { autoInvoke: true });
  return now;
}

function Entry({ entry, now }: { entry: ActivityEntry; now: number }) {
  const { kind, person, words, at } = entry;
  const KindIcon = icons[kind];
  return (
    <li className={styles.entry}>
      <ThemeIcon size={24} radius="xl" variant="light" color={kind === 'run' ? undefined : 'gray'}>
        <KindIcon size={14} aria-hidden />
      </ThemeIcon>
      <Text size="sm" component="div" className={styles.words}>
        {person && <b>{person} </b>}
        {words}
        {entry.class && (
          <>
            {' as '}
            <ClassSwatch color={entry.class.color} name={entry.class.name} />
          </>
        )}
      </Text>
      <Text size="xs" c="dimmed" component="time" dateTime={at} title={formatMoment(at)}>
        {formatAgo(at, Math.max(now, Date.parse(at)))}
      </Text>
    </li>
  );
}
