import type { WebSocket } from 'ws';
import type { Delivery } from '../../graphql/context';

/** The answers of one socket that have not been sent yet. */
export class Deliveries {
  private readonly open = new Map<string, () => void>();

  start(operationId: string, socket: WebSocket): Delivery {
    const done = new Promise<void>((resolve) => this.open.set(operationId, resolve));
    return { isClosed: () => socket.readyState !== socket.OPEN, done };
  }

  end(operationId: string): void {
    this.open.get(operationId)?.();
    this.open.delete(operationId);
  }

  endAll(): void {
    for (const id of [...this.open.keys()]) this.end(id);
  }
}
