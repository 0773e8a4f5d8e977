import { Text } from '@mantine/core';
import { IconPhotoOff } from '@tabler/icons-react';
import { useReducer, useState } from 'react';
import { useNavigate } from 'react-router';
import { EmptyState } from '../../components/EmptyState';
import { useGridKeys } from '../../components/useGridKeys';
import type {
  LibClassFragment,
  SimilarExampleFragment,
  SimilarFrameQuery,
} from '../../gql/operations';
import { datasetPaths } from '../../lib/datasetPaths';
import { useOutbox } from '../../lib/outbox/OutboxProvider';
import { cutOffOf } from './cutOff';
import { SimilarBar } from './SimilarBar';
import classes from './SimilarGrid.module.css';
import { type Found, isChosen, reduceGrid, startGrid } from './similarGrid';
import { SimilarTile } from './SimilarTile';
import { useSimilarKeys } from './useSimilarKeys';

export type SimilarDataset = NonNullable<SimilarFrameQuery['dataset']>;
interface Props {
  dataset: SimilarDataset;
  examples: readonly SimilarExampleFragment[];
  found: readonly Found[];
  everything: boolean;
}

/** Examples that a wider search begins with. */
const mostExamples = 20;

/** What was found, most alike first: adjust what is chosen, label all of it with one key. */
export function SimilarGridPanel({ dataset, examples, found, everything }: Props) {
  const navigate = useNavigate();
  const { grid, chosen, dispatch, label, undo } = useSimilarGrid(dataset.id, found);
  const [target, setTarget] = useState(() => likelyClass(examples));
  const confirm = () => target && chosen.length > 0 && label(chosen, target);
  const { grid: element, current, setCurrent, onKeyDown } = useGridKeys(found.length, confirm);
  useSimilarKeys(dataset.classes, { choose: setTarget, undo });
  const search = (all: boolean, more: readonly Found[] = []) => {
    const ids = [...examples, ...more.map(({ image }) => image)].map(({ id }) => id);
    const wider = [...new Set(ids)].slice(0, mostExamples);
    void navigate(datasetPaths.similar(dataset.id, wider, all));
  };
  return (
    <section className={classes.page} aria-label="Similar images">
      <SimilarBar
        examples={examples}
        classes={dataset.classes}
        found={found}
        grid={grid}
        chosen={chosen.length}
        target={target}
        everything={everything}
        onTarget={setTarget}
        onCut={(cut) => dispatch({ type: 'cut', cut })}
        onEverything={(all) => search(all)}
        onWiden={() => search(everything, chosen)}
        onLabel={confirm}
        onUndo={undo}
      />
      {found.length === 0 ? (
        <EmptyState icon={IconPhotoOff} title="Nothing else to compare with">
          {everything
            ? 'No other image of this dataset is embedded yet.'
            : 'Every other image is labelled already. Show labelled images too to see them.'}
        </EmptyState>
      ) : (
        // The keys of the tiles bubble up to here; the grid itself takes no focus.
        <div
          ref={element}
          className={classes.grid}
          role="group"
          aria-label="Images, most alike first"
          onKeyDown={onKeyDown}
        >
          {found.map((one, index) => (
            <SimilarTile
              key={one.image.id}
              found={one}
              chosen={isChosen(grid, one)}
              isCurrent={index === current}
              onFocus={() => setCurrent(index)}
              onToggle={() => dispatch({ type: 'toggled', image: one })}
            />
          ))}
        </div>
      )}
      {found.length > 0 && (
        <Text size="xs" c="dimmed" ta="center" pb="md">
          Space or a click takes an image in or out; Enter labels those that are in.
        </Text>
      )}
    </section>
  );
}

/** What the examples are agreed to be, or else what the model takes the first for. */
function likelyClass(examples: readonly SimilarExampleFragment[]): LibClassFragment | undefined {
  const agreed = examples.find(({ consensus }) => consensus)?.consensus?.class;
  return agreed ?? examples[0]?.prediction?.class;
}

function useSimilarGrid(datasetId: string, found: readonly Found[]) {
  const outbox = useOutbox();
  const [grid, dispatch] = useReducer(reduceGrid, found, (all) =>
    startGrid(cutOffOf(all.map(({ similarity }) => similarity))),
  );
  const chosen = found.filter((one) => isChosen(grid, one));
  const label = (these: readonly Found[], target: LibClassFragment) => {
    const ids = outbox.answer(
      these.map(({ image }) => ({
        datasetId,
        image: brief(image),
        class: { id: target.id, name: target.name },
        expectedVersion: image.version,
      })),
    );
    const entryIds = new Map(these.map(({ image }, index) => [image.id, ids[index] ?? '']));
    dispatch({ type: 'labelled', entryIds });
  };
  const undo = () => {
    const last = grid.past.at(-1);
    for (const { image } of found) {
      const entryId = last?.entryIds.get(image.id);
      if (entryId) outbox.undo(entryId, { datasetId, image: brief(image) });
    }
    dispatch({ type: 'undone' });
  };
  return { grid, chosen, dispatch, label, undo };
}

const brief = ({ id, fileName, thumbnailUrl }: Found['image']) => ({ id, fileName, thumbnailUrl });
