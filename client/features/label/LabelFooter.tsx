import { ActionIcon, Button, Group, Kbd, Text, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconKeyboard, IconPlayerSkipForward } from '@tabler/icons-react';
import { ClassSwatch } from '../../components/ClassSwatch';
import { baseName, formatCount } from '../../lib/format';
import { keepFocus } from './keepFocus';
import type { SessionStats } from './sessionStats';
import classes from './LabelFooter.module.css';
import type { PastTask } from './taskStream';

export interface LabelFooterProps {
  last: PastTask | undefined;
  stats: SessionStats;
  onUndo: () => void;
  onSkip: () => void;
  onHelp: () => void;
  /** There is an image to skip. */
  canSkip: boolean;
}

/** The last answer with an undo button, the session's statistics, and a skip button. */
export function LabelFooter({ last, stats, onUndo, onSkip, onHelp, canSkip }: LabelFooterProps) {
  return (
    <footer className={classes.footer}>
      <Group gap="xs" wrap="nowrap" className={classes.last}>
        <Button
          variant="default"
          size="xs"
          disabled={!last}
          onMouseDown={keepFocus}
          onClick={onUndo}
          aria-label="Undo"
          style={{ flexShrink: 0 }}
          leftSection={<IconArrowBackUp size={16} />}
          rightSection={<Kbd size="xs">⌫</Kbd>}
        >
          Undo
        </Button>
        <LastAnswer last={last} />
      </Group>
      <Text size="xs" c="dimmed" className={`${classes.stats} tabular`} aria-label="Your session">
        {formatCount(stats.labelled)} labelled
        {stats.perMinute !== null && ` · ${Math.round(stats.perMinute)} per minute`}
      </Text>
      <Group gap={4} wrap="nowrap">
        <Tooltip label="Keyboard shortcuts (?)">
          <ActionIcon size="md" aria-label="Keyboard shortcuts" onClick={onHelp}>
            <IconKeyboard size={18} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
        <Button
          variant="default"
          size="xs"
          disabled={!canSkip}
          onMouseDown={keepFocus}
          onClick={onSkip}
          aria-label="Skip"
          leftSection={<IconPlayerSkipForward size={16} />}
          rightSection={<Kbd size="xs">Space</Kbd>}
        >
          Skip
        </Button>
      </Group>
    </footer>
  );
}

function LastAnswer({ last }: { last: PastTask | undefined }) {
  return (
    <Text component="div" size="xs" c="dimmed" className={classes.answer} role="status">
      {last && (
        <>
          {last.answer ? (
            <ClassSwatch color={last.answer.color} name={last.answer.name} />
          ) : (
            <span>Skipped</span>
          )}
          <span className={classes.file}>{baseName(last.task.image.fileName)}</span>
        </>
      )}
    </Text>
  );
}
