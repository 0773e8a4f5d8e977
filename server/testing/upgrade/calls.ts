import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../apiClient';

/** The calls of the public API that a scene is made of. */

export interface Answer {
  person: string;
  imageId: string;
  classId: string;
  clientMutationId: string;
  labelId: string;
  /** The `clientMutationId` of the request that took the answer back. */
  undoneBy?: string;
}

export interface Task {
  leaseToken: string;
  image: { id: string; version: number; fileName: string; prediction: Predicted | null };
}

interface Predicted {
  class: { id: string; name: string };
}

interface Failure {
  error: { message: string } | null;
}

/** Runs a mutation with one input. @throws Error with the message of an expected failure */
export async function mutate<T>(
  client: ApiClient,
  name: string,
  input: object,
  selection: string,
): Promise<T> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const data = await client.request<Record<string, T & Failure>>(
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} error { message } } }`,
    { input },
  );
  const payload = data[name];
  if (!payload || payload.error) throw new Error(`${name}: ${payload?.error?.message}`);
  return payload;
}

export async function leaseTasks(client: ApiClient, input: object): Promise<Task[]> {
  const selection = `tasks { leaseToken image { id version fileName prediction { class { id name } } } }`;
  const { tasks } = await mutate<{ tasks: Task[] }>(client, 'leaseTasks', input, selection);
  return tasks;
}

/** A person's client that writes down what was acknowledged. */
export class Annotator {
  constructor(
    readonly name: string,
    readonly client: ApiClient,
    private readonly answers: Answer[],
  ) {}

  async answer(imageId: string, classId: string, lease: object = {}): Promise<Answer> {
    const clientMutationId = randomUUID();
    const input = { imageId, classId, clientMutationId, ...lease };
    const { label } = await mutate<{ label: { id: string } }>(
      this.client,
      'recordLabel',
      input,
      'label { id }',
    );
    const answer = { person: this.name, imageId, classId, clientMutationId, labelId: label.id };
    this.answers.push(answer);
    return answer;
  }

  async answerTask({ leaseToken, image }: Task, classId: string): Promise<Answer> {
    return this.answer(image.id, classId, { leaseToken, expectedVersion: image.version });
  }

  async undo(answer: Answer): Promise<void> {
    answer.undoneBy = randomUUID();
    const input = { labelId: answer.labelId, clientMutationId: answer.undoneBy };
    await mutate(this.client, 'undoLabel', input, 'label { id }');
  }

  skip({ leaseToken }: Task): Promise<unknown> {
    return mutate(this.client, 'skipTask', { leaseToken }, 'image { id }');
  }

  release(tasks: Task[]): Promise<unknown> {
    const leaseTokens = tasks.map(({ leaseToken }) => leaseToken);
    return mutate(this.client, 'releaseTasks', { leaseTokens }, 'released');
  }
}

interface RunState {
  number: number;
  status: string;
  attempt: number;
  failure: string | null;
  training: { epochs: object[] } | null;
}

/** The runs of a dataset, newest first. */
export async function runsOf(client: ApiClient, datasetId: string): Promise<RunState[]> {
  const { dataset } = await client.request<{ dataset: { retrainRuns: { nodes: RunState[] } } }>(
    `query ($id: ID!) { dataset(id: $id) { retrainRuns(first: 50) { nodes {
       number status attempt failure training { epochs { epoch } } } } } }`,
    { id: datasetId },
  );
  return dataset.retrainRuns.nodes;
}

/** Starts a run. @returns its id */
export async function startRun(client: ApiClient, input: object): Promise<string> {
  const { run } = await mutate<{ run: { id: string } }>(
    client,
    'startRetrainRun',
    input,
    'run { id }',
  );
  return run.id;
}

/** Asks until the answer is as it should be; the caller's time limit is the patience. */
export async function poll<T>(
  ask: () => Promise<T>,
  isDone: (answer: T) => boolean,
  everyMs = 200,
): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isDone(answer)) return answer;
    await delay(everyMs);
  }
}

/** Waits until no run is under way. @throws Error if the newest one was not published */
export async function waitForRuns(client: ApiClient, datasetId: string): Promise<void> {
  const isOver = ({ status }: RunState) => status !== 'QUEUED' && status !== 'RUNNING';
  const [newest] = await poll(
    () => runsOf(client, datasetId),
    (runs) => runs.every(isOver),
  );
  if (newest?.status !== 'PUBLISHED')
    throw new Error(`Run ${newest?.number} is ${newest?.status}: ${newest?.failure}`);
}

export async function waitUntilEmbedded(client: ApiClient, datasetId: string): Promise<void> {
  interface Counts {
    images: number;
    embedded: number;
  }
  await poll(
    async () => {
      const { dataset } = await client.request<{ dataset: { counts: Counts } }>(
        'query ($id: ID!) { dataset(id: $id) { counts { images embedded } } }',
        { id: datasetId },
      );
      return dataset.counts;
    },
    ({ images, embedded }) => images > 0 && embedded === images,
  );
}
