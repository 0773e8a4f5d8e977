import { Button } from '@mantine/core';
import { IconChecks, IconSparkles } from '@tabler/icons-react';
import { Link } from 'react-router';
import { EmptyState } from '../../components/EmptyState';
import { datasetPaths } from '../../lib/datasetPaths';
import { formatQuantity } from '../../lib/format';
import type { ConfirmClass } from './ClassList';

export interface NothingToConfirmProps {
  datasetId: string;
  /** The class whose grids are done. */
  done: ConfirmClass;
  /** Grids of it were confirmed just now. */
  confirmed: boolean;
  /** The class to go on with, if any. */
  next: ConfirmClass | undefined;
  onNext: (id: string) => void;
}

/** A class without a grid left, and where to go on. */
export function NothingToConfirm(props: NothingToConfirmProps) {
  const { datasetId, done, confirmed, next, onNext } = props;
  return (
    <EmptyState
      icon={IconChecks}
      title={`Nothing left to confirm for ${done.name}`}
      action={
        next ? (
          <Button onClick={() => onNext(next.id)}>
            Go on with {next.name} ({formatQuantity(next.predictedCount, 'image')})
          </Button>
        ) : (
          <Button component={Link} to={datasetPaths.label(datasetId)}>
            Label one by one
          </Button>
        )
      }
    >
      {!confirmed && done.predictedCount > 0
        ? `${formatQuantity(done.predictedCount, 'image')} predicted as ${done.name} are with somebody else or were said not to be that.`
        : 'New predictions appear here after the next run.'}
    </EmptyState>
  );
}

export interface NoPredictionsProps {
  datasetId: string;
  /** Why there can be none, if the server lacks something. */
  missing: readonly string[];
  hasBackbone: boolean;
}

/** Before the first run there is nothing to confirm. */
export function NoPredictions({ datasetId, missing, hasBackbone }: NoPredictionsProps) {
  return (
    <EmptyState
      icon={IconSparkles}
      title={hasBackbone ? 'No predictions yet' : 'Predictions are off'}
      action={
        <Button component={Link} to={datasetPaths.label(datasetId)}>
          Label images
        </Button>
      }
    >
      {hasBackbone
        ? 'After the first run, images that the model is sure of appear here, to be confirmed by the grid.'
        : missing.join(' ')}
    </EmptyState>
  );
}
