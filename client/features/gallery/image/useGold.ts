import { useMutation } from '@apollo/client/react';
import { GalleryRemoveGoldDocument, GallerySetGoldDocument } from '../../../gql/operations';
import { notifyFailure, notifyMutationError } from '../../../lib/mutationErrors';

/** Marks an image as gold, or unmarks it. Both mutations return the updated image. */
export function useGold(imageId: string) {
  const [set, setting] = useMutation(GallerySetGoldDocument);
  const [remove, removing] = useMutation(GalleryRemoveGoldDocument);
  return {
    busy: setting.loading || removing.loading,
    /** Returns whether the image is gold now. */
    mark: async (classId: string): Promise<boolean> => {
      try {
        const { data } = await set({ variables: { input: { imageId, classId } } });
        return !notifyMutationError(data?.setGoldImage.error);
      } catch (error) {
        notifyFailure(error, 'The image was not marked as gold');
        return false;
      }
    },
    unmark: async () => {
      try {
        const { data } = await remove({ variables: { imageId } });
        notifyMutationError(data?.removeGoldImage.error);
      } catch (error) {
        notifyFailure(error, 'The image was not unmarked');
      }
    },
  };
}
