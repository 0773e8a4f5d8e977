import { useQuery } from '@apollo/client/react';
import { useEffect, useEffectEvent } from 'react';
import { LibExplanationDocument, type LibExplanationQuery } from '../../gql/operations';
import { failureMessage } from '../mutationErrors';

export type Explanation = NonNullable<LibExplanationQuery['explainPrediction']>;

export interface ExplanationState {
  explanation: Explanation | null;
  loading: boolean;
  /** Why there is none, in a sentence for people. */
  problem: string | null;
}

export interface Explained {
  imageId: string;
  /** The predicted class without it. */
  classId: string | null;
  /** The run whose model predicts: another one explains otherwise. */
  runId: string;
}

/** Asks only while there is something to explain, and again once another model predicts. */
export function useExplanation(asked: Explained | null): ExplanationState {
  const { data, error, loading, refetch } = useQuery(LibExplanationDocument, {
    variables: { imageId: asked?.imageId ?? '', classId: asked?.classId ?? null },
    skip: asked === null,
    fetchPolicy: 'cache-first',
  });
  const explanation = asked ? (data?.explainPrediction ?? null) : null;
  const explainedBy = explanation?.run.id;
  const runId = asked?.runId;
  const readAgain = useEffectEvent(() => void refetch().catch(() => {}));
  useEffect(() => {
    if (explainedBy && runId && explainedBy !== runId) readAgain();
  }, [explainedBy, runId]);
  return {
    explanation,
    loading: asked !== null && loading,
    problem: asked && error && !explanation ? failureMessage(error) : null,
  };
}
