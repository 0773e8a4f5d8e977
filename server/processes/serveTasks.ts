/** What the pool sends to one of its processes. */
export type TaskMessage = { kind: 'task'; id: number; task: unknown } | { kind: 'granted' };

/** What a process of the pool sends. `ready` comes once, before the first task. */
export type PoolMessage =
  | { kind: 'ready' }
  | { kind: 'reserve'; id: number; mebibytes: number }
  | { kind: 'done'; id: number; result: unknown }
  | { kind: 'failed'; id: number; message: string };

/**
 * Waits until the pool has this much memory free. A task calls it once, before it allocates much.
 * The time does not count towards the deadline.
 */
export type Reserve = (mebibytes: number) => Promise<void>;

/**
 * Makes this process a member of a `ProcessPool`: it runs one task at a time, and ends when its
 * parent is gone.
 */
export function serveTasks<Task, Result>(
  run: (task: Task, reserve: Reserve) => Promise<Result>,
): void {
  const send = (message: PoolMessage) => {
    if (process.connected) process.send?.(message);
  };
  process.on('disconnect', () => process.exit(0));
  // Ctrl-C reaches the whole process group. The parent decides when its processes end.
  process.on('SIGINT', () => {});
  let granted = () => {};
  process.on('message', (message: TaskMessage) => {
    if (message.kind === 'granted') return granted();
    const { id, task } = message;
    const reserve: Reserve = (mebibytes) =>
      new Promise((resolve) => {
        granted = resolve;
        send({ kind: 'reserve', id, mebibytes });
      });
    run(task as Task, reserve).then(
      (result) => send({ kind: 'done', id, result }),
      (error: unknown) =>
        send({
          kind: 'failed',
          id,
          message: error instanceof Error ? error.message : String(error),
        }),
    );
  });
  send({ kind: 'ready' });
}
