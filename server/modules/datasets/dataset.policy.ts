import type { Viewer } from '../../domain/viewer';
import { ForbiddenError } from '../../domain/errors';
import { requireViewer } from '../auth/auth.service';
import type { Dataset } from './dataset.entity';

export type DatasetAction = 'view' | 'label' | 'upload' | 'manage' | 'train' | 'export';

/**
 * Whether a person may do something with a dataset. Today every signed-in person is a member of
 * every dataset.
 */
export function mayOnDataset(
  viewer: Viewer | null,
  _action: DatasetAction,
  _dataset: Pick<Dataset, 'id'>,
): boolean {
  return viewer !== null;
}

/** Who started something in a dataset, and whose dataset it is. */
export interface Cancellable {
  /** Null for what the server started by itself. */
  startedById: string | null;
  datasetOwnerId: string;
}

/**
 * Whether a person may cancel something: who started it may, and the dataset's owner, which is its
 * creator until there are roles. What the server started by itself is the owner's.
 */
export function mayCancel(
  viewer: Viewer | null,
  { startedById, datasetOwnerId }: Cancellable,
): boolean {
  return viewer !== null && (viewer.id === startedById || viewer.id === datasetOwnerId);
}

/** @param what as in “cancel this run” @throws UnauthenticatedError, ForbiddenError */
export function authorizeCancel(viewer: Viewer | null, what: string, started: Cancellable): Viewer {
  const person = requireViewer(viewer);
  if (!mayCancel(person, started))
    throw new ForbiddenError(
      `Only the person who started it and the owner of the dataset may cancel this ${what}. Ask one of them.`,
    );
  return person;
}

/**
 * Whether a person may know and change gold images. Today this is the person who created the
 * dataset. Everybody else may be asked about them.
 */
export const isReviewer = (
  viewer: Viewer | null,
  { createdBy }: Pick<Dataset, 'createdBy'>,
): boolean => viewer?.id === createdBy;

/** @throws UnauthenticatedError, ForbiddenError */
export function authorizeOnDataset(
  viewer: Viewer | null,
  action: DatasetAction,
  dataset: Pick<Dataset, 'id'>,
): Viewer {
  const person = requireViewer(viewer);
  if (!mayOnDataset(person, action, dataset))
    throw new ForbiddenError(`You may not ${action} in this dataset. Ask its owner.`);
  return person;
}
