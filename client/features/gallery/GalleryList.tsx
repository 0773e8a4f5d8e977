import { Button, Skeleton, Text } from '@mantine/core';
import { IconPhotoOff } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';
import { EmptyState } from '../../components/EmptyState';
import { ErrorNotice } from '../../components/ErrorNotice';
import { datasetPaths } from '../../lib/datasetPaths';
import { formatQuantity } from '../../lib/format';
import styles from './Gallery.module.css';

const maxPlaceholders = 24;
const placeholdersPerPage = 12;

interface Props {
  datasetId: string;
  /** Number of matching images. Null until the first page is loaded. */
  total: number | null;
  /** Number of images that are not loaded yet. Null until the first page is loaded. */
  missing: number | null;
  error: Error | null;
  isFiltered: boolean;
  onRetry: () => void;
  onShowAll: () => void;
  /** The loaded pages. */
  children: ReactNode;
  /** An element at the end of the list. More images load when it comes into view. */
  end?: ReactNode;
}

/** Draws the number of matching images and the loaded pages, or says why there are none. */
export function GalleryList(props: Props) {
  const { datasetId, total, missing, error, isFiltered, onRetry, onShowAll, children, end } = props;
  if (total === 0)
    return <NoImages datasetId={datasetId} isFiltered={isFiltered} onShowAll={onShowAll} />;
  return (
    <section aria-label="Images">
      <Text size="sm" c="dimmed" mb="sm" aria-live="polite" h={20}>
        {total !== null && formatQuantity(total, 'image')}
      </Text>
      {children}
      {!error && (
        <Placeholders
          count={missing === null ? maxPlaceholders : Math.min(placeholdersPerPage, missing)}
        />
      )}
      <ErrorNotice error={error} title="Could not load more images" onRetry={onRetry} />
      {end}
    </section>
  );
}

function NoImages({
  datasetId,
  isFiltered,
  onShowAll,
}: Pick<Props, 'datasetId' | 'isFiltered' | 'onShowAll'>) {
  if (isFiltered)
    return (
      <EmptyState
        icon={IconPhotoOff}
        title="No matching images"
        action={<Button onClick={onShowAll}>Show all images</Button>}
      >
        No image matches all filters.
      </EmptyState>
    );
  return (
    <EmptyState
      icon={IconPhotoOff}
      title="No images yet"
      action={
        <Button component={Link} to={datasetPaths.upload(datasetId)}>
          Upload images
        </Button>
      }
    >
      Uploaded images appear here.
    </EmptyState>
  );
}

function Placeholders({ count }: { count: number }) {
  const [keys] = useState(() => Array.from({ length: maxPlaceholders }, (_, index) => index));
  if (count === 0) return null;
  return (
    <div className={styles.grid} aria-hidden>
      {keys.slice(0, count).map((key) => (
        <div key={key}>
          <Skeleton style={{ aspectRatio: 1 }} radius="md" />
          <Skeleton height={10} width="60%" mt={8} />
        </div>
      ))}
    </div>
  );
}
