import { Box, Button, Group, Stack, Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { IconFolder, IconPhotoPlus, IconUpload } from '@tabler/icons-react';
import { useRef } from 'react';
import { formatBytes } from '../../lib/format';
import { filesOfDrop, filesOfList } from './collectFiles';
import type { PickedFile, StageLimits } from './stageFiles';

interface Props {
  limits: StageLimits & { maxPixels: number };
  onFiles: (files: PickedFile[]) => void;
  /** Draws a smaller area while the page shows other content below it. */
  compact: boolean;
}

type DropEvent = Event | React.SyntheticEvent | unknown[];

/** Collects the files of an event. The dropzone sends every drag event; folders are read on drop. */
async function pathsOf(event: DropEvent, paths: WeakMap<File, string>) {
  const transfer = (event as DragEvent).dataTransfer;
  if (transfer && (event as Event).type !== 'drop') return [...transfer.items];
  const picked = transfer
    ? await filesOfDrop(transfer)
    : filesOfList((event as React.ChangeEvent<HTMLInputElement>).target?.files ?? []);
  for (const { file, path } of picked) paths.set(file as File, path);
  return picked.map(({ file }) => file as File);
}

/** Accepts drops anywhere on the page, and offers a file and a folder picker. */
export function DropArea({ limits, onFiles, compact }: Props) {
  const openPicker = useRef<() => void>(null);
  const folderInput = useRef<HTMLInputElement>(null);
  const paths = useRef(new WeakMap<File, string>());
  const take = (files: File[]) =>
    onFiles(files.map((file) => ({ file, path: paths.current.get(file) ?? file.name })));
  const getFilesFromEvent = (event: DropEvent) => pathsOf(event, paths.current);
  return (
    <>
      <Dropzone
        onDrop={take}
        getFilesFromEvent={getFilesFromEvent}
        openRef={openPicker}
        activateOnClick={false}
        activateOnKeyboard={false}
        enablePointerEvents
        inputProps={{ 'aria-label': 'Files to upload' }}
        p={compact ? 'md' : 'xl'}
      >
        <Stack align="center" gap={compact ? 'xs' : 'md'} py={compact ? 0 : 'lg'}>
          {!compact && <IconPhotoPlus size={40} stroke={1.3} color="var(--mantine-color-dimmed)" />}
          <Text fw={600} ta="center">
            Drop images, folders or zip files anywhere on this page
          </Text>
          <Group gap="xs" justify="center">
            <Button
              leftSection={<IconUpload size={16} />}
              variant="default"
              onClick={() => openPicker.current?.()}
            >
              Choose files
            </Button>
            <Button
              leftSection={<IconFolder size={16} />}
              variant="default"
              onClick={() => folderInput.current?.click()}
            >
              Choose a folder
            </Button>
          </Group>
          <Text size="xs" c="dimmed" ta="center">
            JPEG, PNG or WebP up to {formatBytes(limits.maxFileBytes)} and{' '}
            {Math.round(limits.maxPixels / 1e6)} megapixels; zip up to{' '}
            {formatBytes(limits.maxArchiveBytes)}. Duplicates are stored once.
          </Text>
        </Stack>
      </Dropzone>
      <FolderInput ref={folderInput} onFiles={onFiles} />
      <Dropzone.FullScreen
        onDrop={take}
        getFilesFromEvent={getFilesFromEvent}
        activateOnClick={false}
      >
        <Stack align="center" justify="center" h="70vh" gap="sm" style={{ pointerEvents: 'none' }}>
          <IconUpload size={48} stroke={1.3} />
          <Text size="xl" fw={600}>
            Drop to choose the upload settings
          </Text>
          <Text c="dimmed">Images, folders and zip files</Text>
        </Stack>
      </Dropzone.FullScreen>
    </>
  );
}

interface FolderInputProps {
  ref: React.Ref<HTMLInputElement>;
  onFiles: (files: PickedFile[]) => void;
}

function FolderInput({ ref, onFiles }: FolderInputProps) {
  return (
    <Box
      component="input"
      type="file"
      ref={ref}
      multiple
      hidden
      aria-label="Folder to upload"
      {...{ webkitdirectory: '' }}
      onChange={(event: React.ChangeEvent<HTMLInputElement>) => {
        onFiles(filesOfList(event.currentTarget.files ?? []));
        // Without this, choosing the same folder again would fire no change event.
        event.currentTarget.value = '';
      }}
    />
  );
}
