import { Button, Group } from '@mantine/core';
import { IconConfetti, IconPhotoPlus, IconTags, IconUsers } from '@tabler/icons-react';
import { Link } from 'react-router';
import { EmptyState } from '../../components/EmptyState';
import { LoadingPage } from '../../components/LoadingPage';
import type { LibCountsFragment } from '../../gql/operations';
import { datasetPaths } from '../../lib/datasetPaths';
import { formatQuantity } from '../../lib/format';
import { AddClasses, type AddClassesProps } from './AddClasses';

export interface NothingToLabelProps extends AddClassesProps {
  datasetId: string;
  counts: LibCountsFragment;
  hasClasses: boolean;
  /** The server has said that there is nothing for this person now. */
  exhausted: boolean;
}

/** Why there is no image to label, and what to do instead. */
export function NothingToLabel(props: NothingToLabelProps) {
  const { datasetId, counts, hasClasses, exhausted } = props;
  if (counts.images === 0)
    return (
      <EmptyState
        icon={IconPhotoPlus}
        title="No images yet"
        action={
          <Button component={Link} to={datasetPaths.upload(datasetId)}>
            Upload images
          </Button>
        }
      >
        Upload a few, and the first one appears here.
      </EmptyState>
    );
  if (!hasClasses)
    return (
      <EmptyState icon={IconTags} title="What may an image be?" action={<AddClasses {...props} />}>
        Name the classes. More can be added at any time.
      </EmptyState>
    );
  if (!exhausted) return <LoadingPage label="Fetching images" />;
  const open = counts.images - counts.heldOut - counts.labelled;
  return open > 0 ? <NothingForYou {...props} open={open} /> : <AllLabelled {...props} />;
}

function NothingForYou({ datasetId, open }: NothingToLabelProps & { open: number }) {
  return (
    <EmptyState
      icon={IconUsers}
      title="Nothing for you right now"
      action={
        <Button component={Link} to={datasetPaths.confirm(datasetId)} variant="light">
          Confirm predictions
        </Button>
      }
    >
      {formatQuantity(open, 'image')} {open === 1 ? 'is' : 'are'} with somebody else or were skipped
      by you. This page goes on by itself as soon as one comes back.
    </EmptyState>
  );
}

function AllLabelled({ datasetId, counts }: NothingToLabelProps) {
  return (
    <EmptyState
      icon={IconConfetti}
      title="Every image is labelled"
      action={
        <Group justify="center">
          <Button component={Link} to={datasetPaths.export(datasetId)}>
            Export
          </Button>
          <Button component={Link} to={datasetPaths.images(datasetId)} variant="light">
            Look through the images
          </Button>
        </Group>
      }
    >
      {formatQuantity(counts.labelled, 'image')} labelled. Well done.
    </EmptyState>
  );
}
