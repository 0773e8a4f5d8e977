import { ClassSwatch } from '../../components/ClassSwatch';
import { ImageTile } from '../../components/ImageTile';
import type { GalleryTileFragment } from '../../gql/operations';
import { baseName, formatPercent } from '../../lib/format';
import styles from './Gallery.module.css';

interface Props {
  image: GalleryTileFragment;
  onOpen: (id: string) => void;
}

/** Draws one image of the gallery with its label, or else its prediction. */
export function GalleryTile({ image, onOpen }: Props) {
  const { consensus, prediction } = image;
  const shownClass = consensus?.class ?? prediction?.class;
  return (
    <ImageTile
      image={image}
      label={`${baseName(image.fileName)}, ${statusOf(image)}`}
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

function statusOf({ consensus, prediction, hidden }: GalleryTileFragment): string {
  if (hidden) return 'hidden while you hold its task';
  if (consensus) return `labelled ${consensus.class.name}`;
  if (!prediction) return 'not labelled';
  return `predicted ${prediction.class.name}, ${formatPercent(prediction.confidence)}`;
}
