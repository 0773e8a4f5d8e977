/** The inside of `ThreadPool`: the function that a thread's script calls. */
import { constants, platform, setPriority } from 'node:os';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { ModelInputError, type ModelInputErrorCode } from '../../errors';

/** The data that a thread gets at its start. */
export interface ThreadStart<Data> {
  data: Data;
  /** One shared value: 1 while native code may be running in the thread. */
  busy: Int32Array;
}

export type ThreadMessage<Order> = { kind: 'order'; order: Order } | { kind: 'end' };

export type ThreadReply<Answer> =
  | { kind: 'ready' }
  | { kind: 'answer'; answer: Answer }
  | { kind: 'failed'; code?: ModelInputErrorCode | undefined; message: string };

/** The work of a thread. */
export interface ThreadService<Order, Answer> {
  answer(order: Order): Promise<Answer>;
  dispose(): Promise<void>;
}

function failure(error: unknown): ThreadReply<never> {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof ModelInputError ? error.code : undefined;
  return { kind: 'failed', code, message };
}

/**
 * Lets the main thread go first when the processors are busy. Only Linux gives each thread a
 * priority of its own. Elsewhere this would slow down the main thread, too.
 */
function workInBackground(): void {
  if (platform() !== 'linux') return;
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // A system that does not allow it runs everything equally.
  }
}

/**
 * Serves a pool until the pool ends it: opens once, then answers one request after the other. The
 * thread ends by itself when nothing runs in it.
 */
export async function serve<Data, Order, Answer>(
  open: (data: Data) => Promise<ThreadService<Order, Answer>>,
): Promise<void> {
  workInBackground();
  const port = parentPort as MessagePort;
  const { data, busy } = workerData as ThreadStart<Data>;
  const setBusy = (value: 0 | 1) => {
    Atomics.store(busy, 0, value);
    Atomics.notify(busy, 0);
  };
  process.once('exit', () => setBusy(0));
  const attempt = async (work: () => Promise<ThreadReply<Answer>>) => {
    setBusy(1);
    const reply = await work().catch(failure);
    setBusy(0);
    port.postMessage(reply);
  };
  await attempt(async () => {
    const service = await open(data);
    port.on('message', (message: ThreadMessage<Order>) => {
      if (message.kind === 'end') void service.dispose().then(() => port.close());
      else
        void attempt(async () => ({
          kind: 'answer',
          answer: await service.answer(message.order),
        }));
    });
    return { kind: 'ready' };
  });
}
