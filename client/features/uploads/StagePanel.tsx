import { Button, Group, Paper, Stack, Switch, Text } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { formatBytes, formatQuantity } from '../../lib/format';
import { FolderPreview } from './FolderPreview';
import { RefusalList } from './RefusalList';
import type { Stage } from './useStage';

interface Props {
  stage: Stage;
  classes: { id: string; name: string; color: string }[];
  onStart: () => void;
}

function contents(stage: Stage): string {
  const { images, archives } = stage.staged;
  const parts = [
    images.length > 0 && formatQuantity(images.length, 'image'),
    archives.length > 0 && formatQuantity(archives.length, 'zip file'),
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(' and ') : 'Nothing to upload';
}

/** Shows the chosen files before the upload, with the options for their classes and use. */
export function StagePanel({ stage, classes, onStart }: Props) {
  const { staged, folders } = stage;
  const mayHaveFolders = folders.length > 0 || staged.archives.length > 0;
  return (
    <Paper withBorder p="md" component="section" aria-label="Ready to upload">
      <Stack gap="md">
        <Group justify="space-between" gap="sm">
          <div>
            <Text fw={600}>{contents(stage)}</Text>
            <Text size="sm" c="dimmed">
              {formatBytes(stage.bytes)}
              {stage.zipPaths > 0 && `, ${formatQuantity(stage.zipPaths, 'image')} inside the zip`}
            </Text>
          </div>
          <Group gap="xs">
            <Button variant="subtle" color="gray" onClick={stage.clear}>
              Clear
            </Button>
            <Button
              leftSection={<IconUpload size={16} />}
              onClick={onStart}
              disabled={stage.count === 0}
            >
              Upload {contents(stage).toLowerCase()}
            </Button>
          </Group>
        </Group>
        {mayHaveFolders && (
          <Switch
            label="Use folder names as classes"
            description="Each image gets its folder name as an imported label. Missing classes are created."
            checked={stage.classFromFolder}
            onChange={(event) => stage.setClassFromFolder(event.currentTarget.checked)}
          />
        )}
        {mayHaveFolders && (
          <FolderPreview
            folders={folders}
            classes={classes}
            active={stage.classFromFolder}
            unread={folders.length === 0}
          />
        )}
        <Switch
          label="Hold out these images"
          description="They get predictions but are never offered for labelling, for example as a test set."
          checked={stage.heldOut}
          onChange={(event) => stage.setHeldOut(event.currentTarget.checked)}
        />
        <RefusalList
          title="Skipped files"
          refusals={staged.refusals}
          total={staged.refusals.length}
        />
      </Stack>
    </Paper>
  );
}
