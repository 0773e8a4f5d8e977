import { useQuery } from '@apollo/client/react';
import { Container } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { ErrorNotice } from '../../components/ErrorNotice';
import { LoadingPage } from '../../components/LoadingPage';
import { gridCost } from '../../../shared/gridCost';
import { ConfirmPageDocument, type ConfirmPageQuery } from '../../gql/operations';
import { useDatasetId } from '../../lib/datasetPaths';
import { ClassList, type ConfirmClass } from './ClassList';
import classes from './ConfirmPage.module.css';
import { GridPanel } from './GridPanel';
import { NoPredictions, NothingToConfirm } from './NothingToConfirm';
import { useConfirmGrid } from './useConfirmGrid';

export default function ConfirmPage() {
  const datasetId = useDatasetId();
  const { data, error, refetch } = useQuery(ConfirmPageDocument, { variables: { datasetId } });
  useDocumentTitle(`Confirm · ${data?.dataset?.name ?? 'Labelloop'}`);
  if (data?.dataset)
    return <ConfirmView dataset={data.dataset} missing={data.capabilities.missing} />;
  if (!error) return <LoadingPage />;
  return (
    <Container size="xs" py="xl">
      <ErrorNotice error={error} onRetry={() => void refetch()} />
    </Container>
  );
}

type ConfirmDataset = NonNullable<ConfirmPageQuery['dataset']>;

const costOf = ({ nextGrid }: ConfirmClass) => (nextGrid ? gridCost(nextGrid) : Infinity);

/** The class whose next grid needs the fewest key presses and clicks per image. */
const cheapest = (all: readonly ConfirmClass[]) =>
  all.reduce<ConfirmClass | undefined>(
    (best, one) => (costOf(one) < (best ? costOf(best) : Infinity) ? one : best),
    undefined,
  );

function ConfirmView({ dataset, missing }: { dataset: ConfirmDataset; missing: string[] }) {
  const { selected, select } = useSelectedClass(dataset.classes);
  if (!dataset.currentRun || !selected)
    return (
      <NoPredictions
        datasetId={dataset.id}
        missing={missing}
        hasBackbone={dataset.backbone !== null}
      />
    );
  return (
    <div className={classes.page}>
      <ClassList classes={dataset.classes} selectedId={selected.id} onSelect={select} />
      <ClassGrids key={selected.id} dataset={dataset} predicted={selected} onSelect={select} />
    </div>
  );
}

/**
 * Reads the class from the address. Without one it takes the cheapest class and keeps it, because
 * every answer may change which class is the cheapest.
 */
function useSelectedClass(all: readonly ConfirmClass[]) {
  const [params, setParams] = useSearchParams();
  const requested = params.get('class');
  const [chosen, setChosen] = useState<string>();
  const first = cheapest(all);
  if (!chosen && first) setChosen(first.id);
  const selected = all.find(({ id }) => id === (requested ?? chosen)) ?? first ?? all[0];
  const select = (id: string) => setParams({ class: id }, { replace: true });
  return { selected, select };
}

interface ClassGridsProps {
  dataset: ConfirmDataset;
  predicted: ConfirmClass;
  onSelect: (id: string) => void;
}

function ClassGrids({ dataset, predicted, onSelect }: ClassGridsProps) {
  const { grid, error, dispatch, confirm, undo } = useConfirmGrid(dataset.id, predicted);
  const emptyState = (
    <NothingToConfirm
      datasetId={dataset.id}
      finished={predicted}
      confirmed={grid.past.length > 0}
      next={cheapest(dataset.classes.filter(({ id }) => id !== predicted.id))}
      onNext={onSelect}
    />
  );
  if (grid.shown.length || grid.past.length)
    return (
      <div className={classes.column}>
        <GridPanel
          grid={grid}
          predicted={predicted}
          classes={dataset.classes}
          dispatch={dispatch}
          onConfirm={confirm}
          onUndo={undo}
        />
        {!grid.shown.length &&
          (grid.exhausted ? emptyState : <LoadingPage label="Fetching images" />)}
      </div>
    );
  if (error) return <ErrorNotice error={error} title="Could not load images" />;
  return grid.exhausted ? emptyState : <LoadingPage label="Fetching images" />;
}
