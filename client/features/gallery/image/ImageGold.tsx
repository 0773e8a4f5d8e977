import { Button, Group, Popover, Select, Stack, Text, Title } from '@mantine/core';
import { IconAward } from '@tabler/icons-react';
import { useState } from 'react';
import { ClassSwatch } from '../../../components/ClassSwatch';
import type { GalleryDetailFragment } from '../../../gql/operations';
import { useGold } from './useGold';

interface Props {
  image: GalleryDetailFragment;
  classes: { id: string; name: string }[];
}

const goldHelp =
  'Annotators get gold images as ordinary tasks and are scored on them. Their answers change no label.';

/**
 * Shows whether the image is gold, and marks or unmarks it. The correct class of a gold image is
 * known.
 */
export function ImageGold({ image, classes }: Props) {
  const { busy, mark, unmark } = useGold(image.id);
  return (
    <Stack gap={4} component="section" aria-label="Gold">
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Title order={3} size="h6" miw={0}>
          <Group gap={6} wrap="nowrap">
            <IconAward size={16} aria-hidden style={{ flex: 'none' }} />
            {image.gold ? 'Gold:' : 'Not gold'}
            {image.gold && (
              <ClassSwatch color={image.gold.class.color} name={image.gold.class.name} />
            )}
          </Group>
        </Title>
        {image.gold ? (
          <Button
            size="compact-sm"
            variant="default"
            disabled={busy}
            onClick={() => void unmark()}
            style={{ flex: 'none' }}
          >
            Unmark as gold
          </Button>
        ) : (
          <MarkAsGold
            defaultClassId={image.consensus?.class.id ?? null}
            classes={classes}
            busy={busy}
            onMark={mark}
          />
        )}
      </Group>
      {image.gold && (
        <Text size="xs" c="dimmed">
          {goldHelp}
        </Text>
      )}
    </Stack>
  );
}

interface MarkProps extends Pick<Props, 'classes'> {
  /** The consensus class, which is selected at first. */
  defaultClassId: string | null;
  busy: boolean;
  onMark: (classId: string) => Promise<boolean>;
}

function MarkAsGold({ defaultClassId, classes, busy, onMark }: MarkProps) {
  const [opened, setOpened] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const classId = chosen ?? defaultClassId;
  const open = () => {
    setChosen(null);
    setOpened(!opened);
  };
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      width={280}
      shadow="md"
      trapFocus
    >
      <Popover.Target>
        <Button size="compact-sm" variant="default" onClick={open} style={{ flex: 'none' }}>
          Mark as gold
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <Select
            label="Correct class"
            description={goldHelp}
            searchable
            data-autofocus={defaultClassId ? undefined : true}
            allowDeselect={false}
            comboboxProps={{ withinPortal: false }}
            value={classId}
            data={classes.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={setChosen}
          />
          <Button
            size="xs"
            data-autofocus={defaultClassId ? true : undefined}
            loading={busy}
            disabled={!classId}
            onClick={() => {
              if (classId) void onMark(classId).then((isGold) => isGold && setOpened(false));
            }}
          >
            Mark as gold
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
