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

/** A stretch of the gallery. Away from the screen it is an empty box of the same height. */
export function GalleryChunk({ ids, round, onOpen }: Props) {
  const [box, near] = useNearViewport<HTMLDivElement>(1200, true);
  const [height, setHeight] = useState<number>();
  const [loadedIn] = useState(round);
  useEffect(() => {
    const element = box.current;
    if (!near || !element) return;
    const observer = new ResizeObserver(() => setHeight(element.offsetHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [box, near]);
  return (
    <div ref={box} style={near ? undefined : { height }}>
      {near && <Tiles ids={ids} outdated={round !== loadedIn} onOpen={onOpen} />}
    </div>
  );
}

interface TilesProps {
  ids: string[];
  /** A round was published since it was loaded: scrolled back to, it is read again. */
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
  const shown = consensus?.class ?? prediction?.class;
  const said = consensus
    ? `labelled ${consensus.class.name}`
    : prediction
      ? `predicted ${prediction.class.name}, ${formatPercent(prediction.confidence)}`
      : 'not labelled';
  return (
    <ImageTile
      image={image}
      label={`${baseName(image.fileName)}, ${said}`}
      onClick={() => onOpen(image.id)}
      corner={!consensus && prediction ? formatPercent(prediction.confidence) : undefined}
      caption={
        shown ? (
          <span className={consensus ? styles.agreed : styles.predicted}>
            <ClassSwatch color={shown.color} name={shown.name} size={8} />
          </span>
        ) : (
          <span className={styles.predicted}>{baseName(image.fileName)}</span>
        )
      }
    />
  );
}
