import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiError, type Api } from './api';
import type { HeldTask } from './eventCheck';
import { leaseTasks, recordLabel, type LeasedTask } from './operations';
import type { Pace } from './pace';

const tasksAtOnce = 4;
const patienceMs = 60_000;

/**
 * State that the annotators share: the dataset, the correct classes, and a record of everything
 * they did.
 */
export interface Work {
  datasetId: string;
  classIdBySha256: ReadonlyMap<string, string>;
  pace: Pace;
  held: HeldTask[];
  /** Acknowledged answers. */
  given: { labelId: string; imageId: string; sha256: string }[];
}

/**
 * Labels until the budget is spent: leases a few tasks and answers each with the class of its
 * folder.
 */
export async function annotate(api: Api, annotator: number, work: Work): Promise<void> {
  let lastTask = Date.now();
  for (;;) {
    const reserved = await work.pace.reserve(tasksAtOnce);
    if (reserved === 0) return;
    const tasks = await lease(api, work.datasetId, reserved);
    const from = Date.now();
    work.pace.giveBack(reserved - tasks.length);
    for (const task of tasks) await answer(api, annotator, work, task, from);
    if (tasks.length > 0) lastTask = Date.now();
    else if (Date.now() - lastTask > patienceMs)
      throw new Error(`${api.personName} was given no task for ${patienceMs / 1_000} s.`);
    else await delay(200);
  }
}

async function lease(api: Api, datasetId: string, count: number): Promise<LeasedTask[]> {
  const input = { datasetId, lane: 'HARD', count };
  return (await api.mutate<{ tasks: LeasedTask[] }>('leaseTasks', leaseTasks, input)).tasks;
}

async function answer(
  api: Api,
  annotator: number,
  work: Work,
  { image, leaseToken }: LeasedTask,
  from: number,
): Promise<void> {
  const classId = work.classIdBySha256.get(image.sha256);
  if (!classId)
    throw new Error(`${image.fileName} was given to label, but is held out or not of this folder.`);
  const input = {
    imageId: image.id,
    classId,
    leaseToken,
    expectedVersion: image.version,
    clientMutationId: randomUUID(),
  };
  const to = Date.now();
  work.held.push({ imageId: image.id, annotator, from, to });
  const { label } = await repeating(() =>
    api.mutate<{ label: { id: string } }>('recordLabel', recordLabel, input),
  );
  work.given.push({ labelId: label.id, imageId: image.id, sha256: image.sha256 });
  work.pace.recordedOne();
}

/**
 * A lost connection does not tell whether the answer arrived. Its clientMutationId makes it safe to
 * send it again.
 */
async function repeating<T>(send: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (error instanceof ApiError || attempt === 3) throw error;
      await delay(200 * attempt);
    }
  }
}
