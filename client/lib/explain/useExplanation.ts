import { useQuery } from '@apollo/client/react';
import { useEffect, useEffectEvent } from 'react';
import { LibExplanationDocument, type LibExplanationQuery } from '../../gql/operations';
import { failureMessage } from '../mutationErrors';

export type Explanation = NonNullable<LibExplanationQuery['explainPrediction']>;

export interface ExplanationState {
  explanation: Explanation | null;
  loading: boolean;
  /** Why there is no explanation, as a sentence for people. */
  problem: string | null;
}

export interface ExplanationRequest {
  imageId: string;
  /** The class to explain. Null means the predicted class. */
  classId: string | null;
  /** The run whose model predicts. Another model gives another explanation. */
  runId: string;
}

/** Loads an explanation while there is a request, and again after another model takes over. */
export function useExplanation(request: ExplanationRequest | null): ExplanationState {
  const { data, error, loading, refetch } = useQuery(LibExplanationDocument, {
    variables: { imageId: request?.imageId ?? '', classId: request?.classId ?? null },
    skip: request === null,
    fetchPolicy: 'cache-first',
  });
  const explanation = request ? (data?.explainPrediction ?? null) : null;
  const explainedBy = explanation?.run.id;
  const runId = request?.runId;
  const reload = useEffectEvent(() => void refetch().catch(() => {}));
  useEffect(() => {
    if (explainedBy && runId && explainedBy !== runId) reload();
  }, [explainedBy, runId]);
  return {
    explanation,
    loading: request !== null && loading,
    problem: request && error && !explanation ? failureMessage(error) : null,
  };
}
