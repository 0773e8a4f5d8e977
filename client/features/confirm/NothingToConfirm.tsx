import { Button } from '@mantine/core';
import { IconChecks, IconSparkles } from '@tabler/icons-react';
import { Link } from 'react-router';
import { EmptyState } from '../../components/EmptyState';
import { datasetPaths } from '../../lib/datasetPaths';
import { formatQuantity } from '../../lib/format';
import type { ConfirmClass } from './ClassList';

export interface NothingToConfirmProps {
  datasetId: string;
  /** The class without a grid left. */
  finished: ConfirmClass;
  /** Whether grids of it were confirmed on this visit. */
  confirmed: boolean;
  /** The class to continue with, if any. */
  next: ConfirmClass | undefined;
  onNext: (id: string) => void;
}

/** Explains that a class has no grid left, and offers the next step. */
export function NothingToConfirm(props: NothingToConfirmProps) {
  const { datasetId, finished, confirmed, next, onNext } = props;
  return (
    <EmptyState
      icon={IconChecks}
      title={`Nothing left to confirm for ${finished.name}`}
      action={
        next ? (
          <Button onClick={() => onNext(next.id)}>
            Continue with {next.name} ({formatQuantity(next.predictedCount, 'image')})
          </Button>
        ) : (
          <Button component={Link} to={datasetPaths.label(datasetId)}>
            Label one by one
          </Button>
        )
      }
    >
      {!confirmed && finished.predictedCount > 0
        ? `${formatQuantity(finished.predictedCount, 'image')} predicted as ${finished.name}: assigned to other people or marked as incorrect.`
        : 'New predictions appear here after the next run.'}
    </EmptyState>
  );
}

export interface NoPredictionsProps {
  datasetId: string;
  /** What the server lacks for predictions, in sentences. */
  missing: readonly string[];
  hasBackbone: boolean;
}

/** Explains why a dataset has no predictions to confirm. */
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
        ? 'After the first run, images with a confident prediction appear here. You confirm them in grids.'
        : missing.join(' ')}
    </EmptyState>
  );
}
