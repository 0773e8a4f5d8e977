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
