import type { WebSocket } from 'ws';
import type { Delivery } from '../../graphql/context';

interface OpenOperation {
  id: string;
  /** Called when its answer has been sent, or the client has gone. */
  onEnd: (() => void)[];
}

/**
 * The operations of one socket that have not ended, by their requests. graphql-ws forgets an operation
 * when its client completes it, although it may still run.
 */
export class OpenOperations {
  private readonly open = new Map<object, OpenOperation>();

  get size(): number {
    return this.open.size;
  }

  /** False if another operation has this id. */
  begin(request: object, id: string): boolean {
    for (const other of this.open.values()) if (other.id === id) return false;
    this.open.set(request, { id, onEnd: [] });
    return true;
  }

  /** How the answer of an operation reaches the client. */
  deliveryOf(request: object, socket: WebSocket): Delivery {
    const operation = this.open.get(request);
    const done = new Promise<void>((resolve) => {
      if (operation) operation.onEnd.push(resolve);
      else resolve();
    });
    return { isClosed: () => socket.readyState !== socket.OPEN, done };
  }

  end(request: object): void {
    const operation = this.open.get(request);
    this.open.delete(request);
    for (const onEnd of operation?.onEnd ?? []) onEnd();
  }

  endAll(): void {
    for (const request of [...this.open.keys()]) this.end(request);
  }
}
