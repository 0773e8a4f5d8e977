import { useEffect } from 'react';
import type { GalleryView } from './filters/galleryView';
import { GalleryChunk } from './GalleryChunk';
import { GalleryList } from './GalleryList';
import { pageSize, useGalleryPages } from './useGalleryPages';
import { useNearViewport } from './useNearViewport';

interface Props {
  datasetId: string;
  view: GalleryView;
  round: number | null;
  isFiltered: boolean;
  onOpen: (id: string, all: string[]) => void;
  onShowAll: () => void;
}

/**
 * Loads the images that match a view, and more of them while the user scrolls. Its `key` is the view.
 */
export function Gallery({ datasetId, view, round, isFiltered, onOpen, onShowAll }: Props) {
  const { pages, total, done, error, loadMore } = useGalleryPages(datasetId, view);
  const [end, nearEnd] = useNearViewport<HTMLDivElement>(900);
  const loaded = pages.length;
  useEffect(() => {
    // The loaded pages may not fill the screen, so this runs again after each page.
    if (nearEnd && loaded > 0 && !error) void loadMore();
  }, [nearEnd, loaded, loadMore, error]);
  return (
    <GalleryList
      datasetId={datasetId}
      total={total}
      missing={done ? 0 : total === null ? null : Math.max(0, total - loaded * pageSize)}
      error={error}
      isFiltered={isFiltered}
      onRetry={() => void loadMore()}
      onShowAll={onShowAll}
      end={<div ref={end} />}
    >
      {pages.map((ids) => (
        <GalleryChunk
          key={ids[0]}
          ids={ids}
          round={round}
          onOpen={(id) => onOpen(id, pages.flat())}
        />
      ))}
    </GalleryList>
  );
}
