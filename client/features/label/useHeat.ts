import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import type { LibTaskImageFragment } from '../../gql/operations';
import { type ExplanationState, useExplanation } from '../../lib/explain/useExplanation';

export interface Heat {
  /** Kept from image to image. */
  on: boolean;
  toggle: () => void;
  state: ExplanationState;
  /** Explains this class instead of the predicted one; null returns to the predicted one. */
  pointAt: (classId: string | null) => void;
}

type Image = Pick<LibTaskImageFragment, 'id'> & {
  prediction: { run: { id: string } } | null;
};

const noPrediction = 'This image has no prediction to explain yet.';

/** The heat map of the image on screen. Nothing is fetched while it is off. */
export function useHeat(image: Image | undefined): Heat {
  const [on, { toggle }] = useDisclosure(false);
  const [pointed, setPointed] = useState<{ imageId: string; classId: string } | null>(null);
  const prediction = image?.prediction;
  // A button that disappears with its image fires no leave event, so the image is compared.
  const classId = pointed && pointed.imageId === image?.id ? pointed.classId : null;
  const request = on &&
    image &&
    prediction && { imageId: image.id, classId, runId: prediction.run.id };
  const state = useExplanation(request || null);
  return {
    on,
    toggle,
    state: image && !prediction ? { ...state, problem: noPrediction } : state,
    pointAt: (id) => setPointed(id && image ? { imageId: image.id, classId: id } : null),
  };
}
