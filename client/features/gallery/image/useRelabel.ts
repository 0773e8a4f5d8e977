import { useMutation } from '@apollo/client/react';
import { GalleryRecordLabelDocument, GalleryUndoLabelDocument } from '../../../gql/operations';
import { notifyFailure, notifyMutationError } from '../../../lib/mutationErrors';
import { newId } from '../../../lib/newId';

/** Answers outside the queue: no lease, but never over an answer that was not yet seen. */
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
        // A conflict brings the image as it is now, and the cache takes it from the answer.
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
        notifyFailure(error, 'The label was not taken back');
      }
    },
  };
}
