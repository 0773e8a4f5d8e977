import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import type { LibTaskImageFragment } from '../../gql/operations';
import { type ExplanationState, useExplanation } from '../../lib/explain/useExplanation';

export interface Heat {
  /** Stays as it is from image to image. */
  on: boolean;
  toggle: () => void;
  state: ExplanationState;
  /** The class that somebody points at is explained in place of the predicted one. */
  pointAt: (classId: string | null) => void;
}

type Image = Pick<LibTaskImageFragment, 'id'> & {
  prediction: { run: { id: string } } | null;
};

const nothing = 'There is no prediction of this image to explain yet.';

/** The heat map over the image that is asked about. While it is off, nothing is fetched. */
export function useHeat(image: Image | undefined): Heat {
  const [on, { toggle }] = useDisclosure(false);
  const [pointed, setPointed] = useState<{ imageId: string; classId: string } | null>(null);
  const prediction = image?.prediction;
  // A button that went away with its image never says that it was left.
  const classId = pointed && pointed.imageId === image?.id ? pointed.classId : null;
  const asked = on &&
    image &&
    prediction && { imageId: image.id, classId, runId: prediction.run.id };
  const state = useExplanation(asked || null);
  return {
    on,
    toggle,
    state: image && !prediction ? { ...state, problem: nothing } : state,
    pointAt: (id) => setPointed(id && image ? { imageId: image.id, classId: id } : null),
  };
}
