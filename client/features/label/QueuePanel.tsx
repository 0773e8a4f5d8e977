import { Badge, Text, Tooltip } from '@mantine/core';
import { useRef } from 'react';
import { ClassSwatch } from '../../components/ClassSwatch';
import { PersonAvatar } from '../../components/PersonAvatar';
import { useReorderAnimation } from '../../components/useReorderAnimation';
import { baseName, formatPercent } from '../../lib/format';
import classes from './QueuePanel.module.css';
import type { QueueRow } from './queueRows';

export interface QueuePanelProps {
  rows: readonly QueueRow[];
  /** Hides the predictions. */
  blind: boolean;
}

/** Draws the viewer's tasks, which keep their order, and the shared queue, which is reordered. */
export function QueuePanel({ rows, blind }: QueuePanelProps) {
  const list = useRef<HTMLOListElement>(null);
  useReorderAnimation(
    list,
    rows.map(({ image }) => image.id),
  );
  return (
    <section aria-labelledby="queue" className={classes.panel}>
      <Text id="queue" component="h2" size="sm" fw={600}>
        Queue
      </Text>
      <Text size="xs" c="dimmed" mb="xs">
        {blind ? 'A random sample in random order' : 'Most useful images first'}
      </Text>
      <ol ref={list} className={classes.list} aria-label="Queue">
        {rows.map((row) => (
          <Row key={row.image.id} row={row} blind={blind} />
        ))}
      </ol>
      {rows.length === 0 && (
        <Text size="sm" c="dimmed">
          The queue is empty.
        </Text>
      )}
    </section>
  );
}

function Row({ row: { image, place, leasedBy }, blind }: { row: QueueRow; blind: boolean }) {
  const { prediction } = image;
  return (
    <li
      className={classes.row}
      data-key={image.id}
      data-place={place}
      aria-current={place === 'now' || undefined}
    >
      <img className={classes.thumbnail} src={image.thumbnailUrl} alt="" loading="lazy" />
      <span className={classes.text}>
        <Text span size="xs" fw={500} truncate display="block" title={image.fileName}>
          {baseName(image.fileName)}
        </Text>
        <Text span size="xs" c="dimmed" display="block" component="span">
          {prediction ? (
            <ClassSwatch color={prediction.class.color} name={prediction.class.name} size={8} />
          ) : (
            !blind && 'No prediction yet'
          )}
        </Text>
      </span>
      <span className={classes.end}>
        {place !== 'queued' && (
          <Badge size="xs" variant={place === 'now' ? 'filled' : 'light'} tt="none">
            {place === 'now' ? 'Now' : 'Yours'}
          </Badge>
        )}
        {leasedBy[0] && (
          <Tooltip label={`Assigned to ${leasedBy.map(({ name }) => name).join(', ')}`}>
            <span role="img" aria-label={`Assigned to ${leasedBy[0].name}`}>
              <PersonAvatar person={leasedBy[0]} size={18} />
            </span>
          </Tooltip>
        )}
        {prediction && (
          <Text span size="xs" c="dimmed" className="tabular">
            {formatPercent(prediction.confidence)}
          </Text>
        )}
      </span>
    </li>
  );
}
