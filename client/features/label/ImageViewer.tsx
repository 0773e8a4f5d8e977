import { ActionIcon, Badge, Group, Text, Tooltip } from '@mantine/core';
import { IconFlame, IconMaximize, IconZoomIn, IconZoomOut } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { HeatLegend } from '../../components/HeatLegend';
import { HeatOverlay } from '../../components/HeatOverlay';
import type { LibTaskImageFragment, QueueReason } from '../../gql/operations';
import { baseName } from '../../lib/format';
import classes from './ImageViewer.module.css';
import { keepFocus } from './keepFocus';
import { TaskReason } from './TaskReason';
import type { Heat } from './useHeat';
import type { Zoom } from './useZoom';

export interface ImageViewerProps {
  image: LibTaskImageFragment;
  /** Why the queue chose this image; undefined on a blind task. */
  reason: QueueReason | undefined;
  zoom: Zoom;
  /** Null on a blind task. */
  heat: Heat | null;
  /** Drawn below the picture. */
  footer: ReactNode;
}

/** Draws the image of the task as large as the page allows, with zoom and heat map. */
export function ImageViewer({ image, reason, zoom, heat, footer }: ImageViewerProps) {
  const { attach, ...view } = zoom;
  return (
    <section className={classes.viewer} aria-label="Image">
      <header className={classes.bar}>
        <div className={classes.about}>
          <div className={classes.name}>
            <Text component="h1" size="sm" fw={600} lh={1.3} truncate title={image.fileName}>
              {baseName(image.fileName)}
            </Text>
            <Text size="xs" c="dimmed" className={`${classes.size} tabular`}>
              {image.width} × {image.height}
            </Text>
          </div>
          {reason && <TaskReason reason={reason} />}
        </div>
        {image.consensus && (
          <Badge variant="light" color="gray" tt="none">
            Labelled {image.consensus.class.name}
          </Badge>
        )}
        {heat && <HeatToggle heat={heat} />}
        <ZoomControls zoom={view} />
      </header>
      <div
        ref={attach}
        className={classes.frame}
        data-zoomed={view.zoomed || undefined}
        onPointerDown={view.onPointerDown}
        onPointerMove={view.onPointerMove}
        onDoubleClick={() => (view.zoomed ? view.reset() : view.zoom(2.5))}
      >
        <Picture key={image.id} image={image} transform={view.transform} />
        {heat?.on && <HeatLayer image={image} heat={heat} transform={view.transform} />}
      </div>
      {footer}
    </section>
  );
}

interface PictureProps {
  image: LibTaskImageFragment;
  transform: string;
}

/** Draws the cached thumbnail until the image itself has loaded. */
function Picture({ image, transform }: PictureProps) {
  const [state, setState] = useState<'loading' | 'shown' | 'failed'>('loading');
  return (
    <>
      <img
        className={classes.picture}
        style={{
          transform,
          backgroundImage: state === 'loading' ? `url("${image.thumbnailUrl}")` : undefined,
        }}
        src={image.url}
        alt={baseName(image.fileName)}
        width={image.width}
        height={image.height}
        draggable={false}
        decoding="sync"
        onLoad={() => setState('shown')}
        onError={() => setState('failed')}
      />
      {state === 'failed' && (
        <Text className={classes.failed} size="sm" c="dimmed">
          This image could not be loaded. Skip it and try again later.
        </Text>
      )}
    </>
  );
}

/** Draws the heat map over the picture, with the same position and zoom. */
function HeatLayer({ image, heat, transform }: PictureProps & { heat: Heat }) {
  const { explanation } = heat.state;
  return (
    <>
      {explanation && (
        <HeatOverlay
          map={explanation}
          width={image.width}
          height={image.height}
          label={`Evidence for ${explanation.class.name}`}
          className={classes.picture}
          style={{ transform }}
        />
      )}
      <div className={classes.legend}>
        <HeatLegend {...heat.state} />
      </div>
    </>
  );
}

function HeatToggle({ heat }: { heat: Heat }) {
  return (
    <Tooltip label="Heat map (.)">
      <ActionIcon
        size="md"
        aria-label="Heat map"
        aria-pressed={heat.on}
        variant={heat.on ? 'light' : 'subtle'}
        onMouseDown={keepFocus}
        onClick={heat.toggle}
      >
        <IconFlame size={16} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  );
}

function ZoomControls({ zoom }: { zoom: Pick<Zoom, 'zoom' | 'reset'> }) {
  const controls = [
    { label: 'Zoom out', key: '-', icon: IconZoomOut, act: () => zoom.zoom(1 / 1.5) },
    { label: 'Fit image', key: '0', icon: IconMaximize, act: zoom.reset },
    { label: 'Zoom in', key: '+', icon: IconZoomIn, act: () => zoom.zoom(1.5) },
  ];
  return (
    <Group gap={2} wrap="nowrap">
      {controls.map(({ label, key, icon: Icon, act }) => (
        <Tooltip key={label} label={`${label} (${key})`}>
          <ActionIcon size="md" aria-label={label} onClick={act}>
            <Icon size={16} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      ))}
    </Group>
  );
}
