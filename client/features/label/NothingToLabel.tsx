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
  /** The server returned no task for this person. */
  exhausted: boolean;
}

/** Explains why there is no image to label, and offers the next step. */
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
        Upload images to start labelling.
      </EmptyState>
    );
  if (!hasClasses)
    return (
      <EmptyState icon={IconTags} title="No classes yet" action={<AddClasses {...props} />}>
        Add the classes that an image can have. You can add more at any time.
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
      {formatQuantity(open, 'image')} left, assigned to other people or skipped by you. This page
      continues as soon as one becomes available.
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
            View images
          </Button>
        </Group>
      }
    >
      {formatQuantity(counts.labelled, 'image')} labelled. You can export them now.
    </EmptyState>
  );
}
