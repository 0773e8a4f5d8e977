import { useQuery } from '@apollo/client/react';
import {
  ActionIcon,
  Button,
  Grid,
  Group,
  Modal,
  Skeleton,
  Stack,
  Switch,
  Text,
} from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { IconChevronLeft, IconChevronRight, IconPhotoSearch } from '@tabler/icons-react';
import { Link } from 'react-router';
import { ErrorNotice } from '../../../components/ErrorNotice';
import { HeatLegend } from '../../../components/HeatLegend';
import { HeatOverlay } from '../../../components/HeatOverlay';
import { GalleryImageDocument, type GalleryDetailFragment } from '../../../gql/operations';
import { datasetPaths, useDatasetId } from '../../../lib/datasetPaths';
import { baseName } from '../../../lib/format';
import { useExplanation } from '../../../lib/explain/useExplanation';
import { ImageFacts } from './ImageFacts';
import { ImageGold } from './ImageGold';
import { ImageLabels } from './ImageLabels';
import { ImagePrediction } from './ImagePrediction';
import styles from './ImageDialog.module.css';

interface Props {
  id: string;
  /** The image ids in the order of the gallery, to move to the next image. */
  all: string[];
  classes: { id: string; name: string; color: string }[];
  viewerId: string | null;
  /** Whether to show gold, which annotators must not know. */
  isReviewer: boolean;
  onMove: (id: string) => void;
  onClose: () => void;
}

/** Shows one image with its labels, its prediction and its details. */
export function ImageDialog(props: Props) {
  const { id, all, classes, viewerId, isReviewer, onMove, onClose } = props;
  const { data, error, refetch } = useQuery(GalleryImageDocument, { variables: { id } });
  const image = data?.node && 'fileName' in data.node ? data.node : null;
  const index = all.indexOf(id);
  const move = (step: number) => {
    const next = all[index + step];
    if (next) onMove(next);
  };
  useHotkeys([
    ['ArrowLeft', () => move(-1)],
    ['ArrowRight', () => move(1)],
  ]);
  return (
    <Modal
      opened
      onClose={onClose}
      size={1080}
      title={
        <Group gap={4} wrap="nowrap">
          <Step
            label="Previous image"
            icon={IconChevronLeft}
            disabled={index <= 0}
            onClick={() => move(-1)}
          />
          <Step
            label="Next image"
            icon={IconChevronRight}
            disabled={index + 1 >= all.length}
            onClick={() => move(1)}
          />
          <Text fw={600} truncate maw="50vw" title={image?.fileName} ml="xs">
            {image ? baseName(image.fileName) : 'Image'}
          </Text>
        </Group>
      }
    >
      {error && !image ? (
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      ) : (
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, sm: 7 }}>
            {image ? <Picture image={image} /> : <div className={styles.picture} />}
          </Grid.Col>
          <Grid.Col span={{ base: 12, sm: 5 }}>
            {image ? (
              <Stack gap="lg">
                <ImageLabels image={image} classes={classes} viewerId={viewerId} />
                {isReviewer && <ImageGold key={image.id} image={image} classes={classes} />}
                <ImagePrediction image={image} />
                <ImageFacts image={image} />
              </Stack>
            ) : (
              <Stack>
                <Skeleton h={90} />
                <Skeleton h={160} />
                <Skeleton h={110} />
              </Stack>
            )}
          </Grid.Col>
        </Grid>
      )}
    </Modal>
  );
}

/**
 * Draws the image and its heat map. The size is known before the image loads, so the layout does
 * not jump.
 */
function Picture({ image }: { image: GalleryDetailFragment }) {
  const { id, prediction } = image;
  const datasetId = useDatasetId();
  const [isHeatShown, heat] = useDisclosure(false);
  const state = useExplanation(
    isHeatShown && prediction ? { imageId: id, classId: null, runId: prediction.run.id } : null,
  );
  return (
    <Stack gap="xs">
      <div className={styles.picture}>
        <div className={styles.layers}>
          <img
            key={id}
            src={image.url}
            width={image.width}
            height={image.height}
            alt={baseName(image.fileName)}
            style={{
              height: 'auto',
              background: `center / contain no-repeat url("${image.thumbnailUrl}")`,
            }}
          />
          {state.explanation && (
            <HeatOverlay
              map={state.explanation}
              width={image.width}
              height={image.height}
              label={`Evidence for ${state.explanation.class.name}`}
              className={styles.heat}
            />
          )}
        </div>
      </div>
      <Group justify="space-between" gap="xs" mih={30}>
        {prediction && (
          <Switch size="xs" label="Heat map" checked={isHeatShown} onChange={heat.toggle} />
        )}
        {isHeatShown && <HeatLegend {...state} />}
        {image.embedded && !image.hidden && (
          <Button
            component={Link}
            to={datasetPaths.similar(datasetId, [id])}
            variant="default"
            size="compact-sm"
            leftSection={<IconPhotoSearch size={14} />}
          >
            Similar images
          </Button>
        )}
      </Group>
    </Stack>
  );
}

interface StepProps {
  label: string;
  icon: typeof IconChevronLeft;
  disabled: boolean;
  onClick: () => void;
}

function Step({ label, icon: Icon, disabled, onClick }: StepProps) {
  return (
    <ActionIcon aria-label={label} disabled={disabled} onClick={onClick} size="md">
      <Icon size={18} />
    </ActionIcon>
  );
}
