/** A task that the pool sends to one of its processes. */
export interface TaskMessage {
  id: number;
  task: unknown;
}

/** What a process of the pool sends. `ready` comes once, before the first task. */
export type PoolMessage =
  | { kind: 'ready' }
  | { kind: 'done'; id: number; result: unknown }
  | { kind: 'failed'; id: number; message: string };

/**
 * Makes this process a member of a `ProcessPool`: it runs one task at a time, and ends when its
 * parent is gone.
 */
export function serveTasks<Task, Result>(run: (task: Task) => Promise<Result>): void {
  const send = (message: PoolMessage) => {
    if (process.connected) process.send?.(message);
  };
  process.on('disconnect', () => process.exit(0));
  // Ctrl-C reaches the whole process group. The parent decides when its processes end.
  process.on('SIGINT', () => {});
  process.on('message', ({ id, task }: TaskMessage) => {
    run(task as Task).then(
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
