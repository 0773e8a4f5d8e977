import { useQuery } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { ClassSwatch } from '../../components/ClassSwatch';
import { ImageTile } from '../../components/ImageTile';
import { GalleryTilesDocument, type GalleryTileFragment } from '../../gql/operations';
import { baseName, formatPercent } from '../../lib/format';
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
        (node) => node && 'fileName' in node && <Tile key={node.id} image={node} onOpen={onOpen} />,
      )}
    </div>
  );
}

interface TileProps {
  image: GalleryTileFragment;
  onOpen: (id: string) => void;
}

function Tile({ image, onOpen }: TileProps) {
  const { consensus, prediction } = image;
  const shownClass = consensus?.class ?? prediction?.class;
  const status = consensus
    ? `labelled ${consensus.class.name}`
    : prediction
      ? `predicted ${prediction.class.name}, ${formatPercent(prediction.confidence)}`
      : 'not labelled';
  return (
    <ImageTile
      image={image}
      label={`${baseName(image.fileName)}, ${status}`}
      onClick={() => onOpen(image.id)}
      corner={!consensus && prediction ? formatPercent(prediction.confidence) : undefined}
      caption={
        shownClass ? (
          <span className={consensus ? styles.consensus : styles.predicted}>
            <ClassSwatch color={shownClass.color} name={shownClass.name} size={8} />
          </span>
        ) : (
          <span className={styles.predicted}>{baseName(image.fileName)}</span>
        )
      }
    />
  );
}
