import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import {
  RunsCancelDocument,
  RunsStartDocument,
  type StartRetrainRunInput,
} from '../../gql/operations';
import type { MutationErrorLike } from '../../lib/mutationErrors';

type RunRequest = Omit<StartRetrainRunInput, 'datasetId'>;
type Failure = MutationErrorLike | Error | null;
const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));

/** Starts and cancels runs, and keeps the reason if the server refuses. */
export function useRunActions(datasetId: string) {
  const [failure, setFailure] = useState<Failure>(null);
  const refetchQueries = ['RunsPage'];
  const [startRun, starting] = useMutation(RunsStartDocument, { refetchQueries });
  const [cancelRun, cancelling] = useMutation(RunsCancelDocument, { refetchQueries });

  const attempt = async (run: () => Promise<Failure | undefined>) => {
    setFailure(null);
    const problem = (await run().catch(asError)) ?? null;
    setFailure(problem);
    return problem === null;
  };

  return {
    failure,
    starting: starting.loading,
    cancelling: cancelling.loading,
    /** @returns whether the run was started */
    start: (request: RunRequest = { recipe: 'HEAD' }) =>
      attempt(async () => {
        const { data } = await startRun({ variables: { input: { datasetId, ...request } } });
        return data?.startRetrainRun.error;
      }),
    clearFailure: () => setFailure(null),
    cancel: (id: string) =>
      attempt(async () => {
        const { data } = await cancelRun({ variables: { input: { id } } });
        return data?.cancelRetrainRun.error;
      }),
  };
}
