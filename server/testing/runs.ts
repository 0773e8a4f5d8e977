import type { ApiClient } from './apiClient';
import { waitUntil } from './waitUntil';

export interface TestRun {
  id: string;
  number: number;
  status: string;
  failure: string | null;
}

export interface StartedRun {
  run: TestRun | null;
  error: { __typename: string; message: string } | null;
}

const fields = 'id number status failure';
const over = ['PUBLISHED', 'FAILED', 'CANCELLED'];

/** Starts a run. Expected failures are part of the result. */
export async function startRun(
  client: ApiClient,
  datasetId: string,
  options: object = {},
): Promise<StartedRun> {
  const { startRetrainRun } = await client.request<{ startRetrainRun: StartedRun }>(
    `mutation ($input: StartRetrainRunInput!) { startRetrainRun(input: $input) {
       run { ${fields} } error { __typename message } } }`,
    { input: { datasetId, ...options } },
  );
  return startRetrainRun;
}

/** Waits until a run has ended. @returns the run */
export async function waitForRun(client: ApiClient, id: string): Promise<TestRun> {
  let run: TestRun | undefined;
  await waitUntil(async () => {
    const read = await client.request<{ retrainRun: TestRun }>(
      `query ($id: ID!) { retrainRun(id: $id) { ${fields} } }`,
      { id },
    );
    run = read.retrainRun;
    return over.includes(run.status);
  });
  return run!;
}

/** Starts a run and waits until it is published. @throws Error if it is not */
export async function train(
  client: ApiClient,
  datasetId: string,
  options: object = {},
): Promise<TestRun> {
  const { run, error } = await startRun(client, datasetId, options);
  if (!run) throw new Error(error?.message ?? 'no run');
  const ended = await waitForRun(client, run.id);
  if (ended.status !== 'PUBLISHED') throw new Error(ended.failure ?? `the run is ${ended.status}`);
  return ended;
}
