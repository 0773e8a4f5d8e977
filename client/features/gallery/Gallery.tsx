import { Button, Skeleton, Text } from '@mantine/core';
import { IconPhotoOff } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { EmptyState } from '../../components/EmptyState';
import { ErrorNotice } from '../../components/ErrorNotice';
import { datasetPaths } from '../../lib/datasetPaths';
import { formatQuantity } from '../../lib/format';
import { GalleryChunk } from './GalleryChunk';
import type { GalleryView } from './filters/galleryView';
import { useNearViewport } from './useNearViewport';
import { PAGE_SIZE, useGalleryPages } from './useGalleryPages';
import styles from './Gallery.module.css';

interface Props {
  datasetId: string;
  view: GalleryView;
  round: number | null;
  onOpen: (id: string, all: string[]) => void;
  onShowAll: () => void;
  filtered: boolean;
}

/**
 * Shows the images that match a view, and loads more while the user scrolls. Its `key` is the view.
 */
export function Gallery({ datasetId, view, round, onOpen, onShowAll, filtered }: Props) {
  const { pages, total, done, error, loadMore } = useGalleryPages(datasetId, view);
  const [end, nearEnd] = useNearViewport<HTMLDivElement>(900);
  const loaded = pages.length;
  useEffect(() => {
    // The loaded pages may not fill the screen, so this runs again after each page.
    if (nearEnd && loaded > 0 && !error) void loadMore();
  }, [nearEnd, loaded, loadMore, error]);

  const open = (id: string) => onOpen(id, pages.flat());
  if (total === 0)
    return (
      <EmptyState
        icon={IconPhotoOff}
        title={filtered ? 'No matching images' : 'No images yet'}
        action={
          filtered ? (
            <Button onClick={onShowAll}>Show all images</Button>
          ) : (
            <Button component={Link} to={datasetPaths.upload(datasetId)}>
              Upload images
            </Button>
          )
        }
      >
        {filtered ? 'No image matches all filters.' : 'Uploaded images appear here.'}
      </EmptyState>
    );
  return (
    <section aria-label="Images">
      <Text size="sm" c="dimmed" mb="sm" aria-live="polite" h={20}>
        {total !== null && formatQuantity(total, 'image')}
      </Text>
      {pages.map((ids) => (
        <GalleryChunk key={ids[0]} ids={ids} round={round} onOpen={open} />
      ))}
      {!done && !error && (
        <Placeholders count={total === null ? 24 : placeholderCount(total, loaded)} />
      )}
      <ErrorNotice
        error={error}
        title="Could not load more images"
        onRetry={() => void loadMore()}
      />
      <div ref={end} />
    </section>
  );
}

const placeholderCount = (total: number, pages: number) =>
  Math.max(0, Math.min(12, total - pages * PAGE_SIZE));

function Placeholders({ count }: { count: number }) {
  const [keys] = useState(() => Array.from({ length: 24 }, (_, index) => index));
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
