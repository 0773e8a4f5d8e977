import { useApolloClient } from '@apollo/client/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { GalleryImagesDocument, GalleryTilesDocument } from '../../gql/operations';
import { filterOfView, type GalleryView } from './filters/galleryView';

export const pageSize = 60;

interface Pages {
  /** The image ids of each page. Their order is fixed even if the images change. */
  pages: string[][];
  total: number | null;
  cursor: string | null;
  done: boolean;
}

/**
 * Loads the image ids of a view page by page. The images themselves are in the Apollo cache, where
 * events update them. Because the ids are fixed, a published run does not move images on the screen.
 */
export function useGalleryPages(datasetId: string, view: GalleryView) {
  const client = useApolloClient();
  const [state, setState] = useState<Pages>({ pages: [], total: null, cursor: null, done: false });
  const [error, setError] = useState<Error | null>(null);
  const busy = useRef(false);
  const { cursor, done } = state;

  const loadMore = useCallback(async () => {
    if (busy.current || done) return;
    busy.current = true;
    setError(null);
    try {
      const variables = { datasetId, first: pageSize, after: cursor, orderBy: view.order };
      const { data } = await client.query({
        query: GalleryImagesDocument,
        variables: { ...variables, filter: filterOfView(view) },
        fetchPolicy: 'no-cache',
      });
      const images = data?.dataset?.images;
      const nodes = images?.edges.map((edge) => edge.node) ?? [];
      const ids = nodes.map((node) => node.id);
      client.writeQuery({ query: GalleryTilesDocument, variables: { ids }, data: { nodes } });
      setState((before) => ({
        pages: ids.length > 0 ? [...before.pages, ids] : before.pages,
        total: images?.totalCount ?? 0,
        cursor: images?.pageInfo.endCursor ?? null,
        done: !images?.pageInfo.hasNextPage,
      }));
    } catch (failure) {
      setError(failure instanceof Error ? failure : new Error(String(failure)));
    } finally {
      busy.current = false;
    }
  }, [client, cursor, datasetId, done, view]);

  const first = useRef(true);
  useEffect(() => {
    if (!first.current) return;
    first.current = false;
    void loadMore();
  }, [loadMore]);

  return { ...state, error, loadMore };
}
