import { Text } from '@mantine/core';
import { IconPhotoOff } from '@tabler/icons-react';
import { useReducer, useState } from 'react';
import { useNavigate } from 'react-router';
import { EmptyState } from '../../components/EmptyState';
import { useGridKeys } from '../../components/useGridKeys';
import type {
  LibClassFragment,
  SimilarExampleFragment,
  SimilarPageQuery,
} from '../../gql/operations';
import { datasetPaths } from '../../lib/datasetPaths';
import { useOutbox } from '../../lib/outbox/OutboxProvider';
import { cutOffOf } from './cutOff';
import { SimilarBar } from './SimilarBar';
import classes from './SimilarGrid.module.css';
import { isSelected, reduceGrid, type SimilarImage, startGrid } from './similarGrid';
import { SimilarTile } from './SimilarTile';
import { useSimilarKeys } from './useSimilarKeys';

export type SimilarDataset = NonNullable<SimilarPageQuery['dataset']>;
interface Props {
  dataset: SimilarDataset;
  examples: readonly SimilarExampleFragment[];
  /** Most similar first. */
  results: readonly SimilarImage[];
  includeLabelled: boolean;
}

/** A search takes at most this many examples. */
const maxExamples = 20;

/** Draws the search result. The selected images are labelled with one key. */
export function SimilarGridPanel({ dataset, examples, results, includeLabelled }: Props) {
  const navigate = useNavigate();
  const { grid, selected, dispatch, label, undo } = useSimilarGrid(dataset.id, results);
  const [target, setTarget] = useState(() => likelyClass(examples));
  const confirm = () => target && selected.length > 0 && label(selected, target);
  const { grid: element, current, setCurrent, onKeyDown } = useGridKeys(results.length, confirm);
  useSimilarKeys(dataset.classes, { choose: setTarget, undo });
  const search = (withLabelled: boolean, added: readonly SimilarImage[] = []) => {
    const ids = [...examples, ...added.map(({ image }) => image)].map(({ id }) => id);
    const imageIds = [...new Set(ids)].slice(0, maxExamples);
    void navigate(datasetPaths.similar(dataset.id, imageIds, withLabelled));
  };
  return (
    <section className={classes.page} aria-label="Similar images">
      <SimilarBar
        examples={examples}
        classes={dataset.classes}
        results={results}
        grid={grid}
        selectedCount={selected.length}
        target={target}
        includeLabelled={includeLabelled}
        onTarget={setTarget}
        onCutOff={(cutOff) => dispatch({ type: 'cutOffChanged', cutOff })}
        onIncludeLabelled={(withLabelled) => search(withLabelled)}
        onAddExamples={() => search(includeLabelled, selected)}
        onLabel={confirm}
        onUndo={undo}
      />
      {results.length === 0 ? (
        <EmptyState icon={IconPhotoOff} title="No other images to compare">
          {includeLabelled
            ? 'No other image of this dataset is embedded yet.'
            : 'Every other image is labelled already. Include labelled images to see them.'}
        </EmptyState>
      ) : (
        // The key events of the tiles bubble up to here. The grid itself takes no focus.
        <div
          ref={element}
          className={classes.grid}
          role="group"
          aria-label="Images, most similar first"
          onKeyDown={onKeyDown}
        >
          {results.map((one, index) => (
            <SimilarTile
              key={one.image.id}
              result={one}
              selected={isSelected(grid, one)}
              isCurrent={index === current}
              onFocus={() => setCurrent(index)}
              onToggle={() => dispatch({ type: 'toggled', image: one })}
            />
          ))}
        </div>
      )}
      {results.length > 0 && (
        <Text size="xs" c="dimmed" ta="center" pb="md">
          Click an image or press Space to select or deselect it. Press Enter to label the selected
          images.
        </Text>
      )}
    </section>
  );
}

/** The consensus of the examples, or else the predicted class of the first one. */
function likelyClass(examples: readonly SimilarExampleFragment[]): LibClassFragment | undefined {
  const labelled = examples.find(({ consensus }) => consensus)?.consensus?.class;
  return labelled ?? examples[0]?.prediction?.class;
}

function useSimilarGrid(datasetId: string, results: readonly SimilarImage[]) {
  const outbox = useOutbox();
  const [grid, dispatch] = useReducer(reduceGrid, results, (all) =>
    startGrid(cutOffOf(all.map(({ similarity }) => similarity))),
  );
  const selected = results.filter((one) => isSelected(grid, one));
  const label = (images: readonly SimilarImage[], target: LibClassFragment) => {
    const ids = outbox.answer(
      images.map(({ image }) => ({
        datasetId,
        image: toOutboxImage(image),
        class: { id: target.id, name: target.name },
        expectedVersion: image.version,
      })),
    );
    const entryIds = new Map(images.map(({ image }, index) => [image.id, ids[index] ?? '']));
    dispatch({ type: 'labelled', entryIds });
  };
  const undo = () => {
    const last = grid.past.at(-1);
    for (const { image } of results) {
      const entryId = last?.entryIds.get(image.id);
      if (entryId) outbox.undo(entryId, { datasetId, image: toOutboxImage(image) });
    }
    dispatch({ type: 'undone' });
  };
  return { grid, selected, dispatch, label, undo };
}

const toOutboxImage = ({ id, fileName, thumbnailUrl }: SimilarImage['image']) => ({
  id,
  fileName,
  thumbnailUrl,
});
