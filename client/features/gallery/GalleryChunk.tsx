import { useQuery } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { GalleryTilesDocument } from '../../gql/operations';
import { GalleryTile } from './GalleryTile';
import { useNearViewport } from './useNearViewport';
import styles from './Gallery.module.css';

interface Props {
  ids: string[];
  /** The round whose predictions are current. */
  round: number | null;
  onOpen: (id: string) => void;
}

/** Draws one page of the gallery. Far from the screen it is an empty box of the same height. */
export function GalleryChunk({ ids, round, onOpen }: Props) {
  const [box, isNear] = useNearViewport<HTMLDivElement>(1200, true);
  const [height, setHeight] = useState<number>();
  const [loadedRound] = useState(round);
  useEffect(() => {
    const element = box.current;
    if (!isNear || !element) return;
    const observer = new ResizeObserver(() => setHeight(element.offsetHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [box, isNear]);
  return (
    <div ref={box} style={isNear ? undefined : { height }}>
      {isNear && <Tiles ids={ids} outdated={round !== loadedRound} onOpen={onOpen} />}
    </div>
  );
}

interface TilesProps {
  ids: string[];
  /** A round was published after the images were loaded, so they are fetched again. */
  outdated: boolean;
  onOpen: (id: string) => void;
}

function Tiles({ ids, outdated, onOpen }: TilesProps) {
  const { data } = useQuery(GalleryTilesDocument, {
    variables: { ids },
    fetchPolicy: outdated ? 'cache-and-network' : 'cache-first',
    nextFetchPolicy: 'cache-first',
  });
  return (
    <div className={styles.grid}>
      {data?.nodes.map(
        (node) =>
          node && 'fileName' in node && <GalleryTile key={node.id} image={node} onOpen={onOpen} />,
      )}
    </div>
  );
}
