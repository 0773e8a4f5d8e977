import { useMutation } from '@apollo/client/react';
import { GalleryRemoveGoldDocument, GallerySetGoldDocument } from '../../../gql/operations';
import { notifyFailure, notifyMutationError } from '../../../lib/mutationErrors';

/** Says what an image is, or takes that back. Both bring the image as it is then. */
export function useGold(imageId: string) {
  const [set, setting] = useMutation(GallerySetGoldDocument);
  const [remove, removing] = useMutation(GalleryRemoveGoldDocument);
  return {
    busy: setting.loading || removing.loading,
    /** Returns whether it is gold now. */
    mark: async (classId: string): Promise<boolean> => {
      try {
        const { data } = await set({ variables: { input: { imageId, classId } } });
        return !notifyMutationError(data?.setGoldImage.error);
      } catch (error) {
        notifyFailure(error, 'The image was not marked');
        return false;
      }
    },
    unmark: async () => {
      try {
        const { data } = await remove({ variables: { imageId } });
        notifyMutationError(data?.removeGoldImage.error);
      } catch (error) {
        notifyFailure(error, 'The image stayed gold');
      }
    },
  };
}
