import { useMutation } from '@apollo/client/react';
import { GalleryRecordLabelDocument, GalleryUndoLabelDocument } from '../../../gql/operations';
import { notifyFailure, notifyMutationError } from '../../../lib/mutationErrors';
import { newId } from '../../../lib/newId';

/** Labels an image outside the queue. `expectedVersion` prevents overwriting an unseen label. */
export function useRelabel() {
  const [record, recording] = useMutation(GalleryRecordLabelDocument);
  const [undo, undoing] = useMutation(GalleryUndoLabelDocument);
  return {
    busy: recording.loading || undoing.loading,
    label: async (image: { id: string; version: number }, classId: string) => {
      const input = {
        imageId: image.id,
        classId,
        expectedVersion: image.version,
        clientMutationId: newId(),
      };
      try {
        // After a conflict the payload contains the current image, which updates the cache.
        const { data } = await record({ variables: { input } });
        notifyMutationError(data?.recordLabel.error);
      } catch (error) {
        notifyFailure(error, 'The label was not saved');
      }
    },
    undo: async (labelId: string) => {
      try {
        const input = { labelId, clientMutationId: newId() };
        const { data } = await undo({ variables: { input } });
        notifyMutationError(data?.undoLabel.error);
      } catch (error) {
        notifyFailure(error, 'The label was not undone');
      }
    },
  };
}
