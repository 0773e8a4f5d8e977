import DataLoader from 'dataloader';
import type { Response } from 'express';
import type { Viewer } from '../domain/viewer';
import type { ExecutionBudget } from './operations/executionBudget';

export type Batch<K, V> = (keys: readonly K[]) => Promise<Map<K, V>>;

/**
 * Combines the loads of one turn of the event loop into one call of the batch function, and
 * remembers what was loaded. One operation or one event has its own.
 */
export class Loaders {
  private readonly loaders = new Map<unknown, DataLoader<never, unknown>>();

  load<K extends string, V>(batch: Batch<K, V>, key: K): Promise<V | undefined> {
    return this.loaderOf(batch).load(key);
  }

  /** The next load asks again. For what a mutation has changed within its own request. */
  forget<K extends string, V>(batch: Batch<K, V>): void {
    this.loaders.delete(batch);
  }

  private loaderOf<K extends string, V>(batch: Batch<K, V>): DataLoader<K, V | undefined> {
    const known = this.loaders.get(batch) as DataLoader<K, V | undefined> | undefined;
    if (known) return known;
    const loader = new DataLoader<K, V | undefined>(async (keys) => {
      const found = await batch([...new Set(keys)]);
      return keys.map((key) => found.get(key));
    });
    this.loaders.set(batch, loader);
    return loader;
  }
}

/** How an answer reaches its client. */
export interface Delivery {
  /** Whether the client has gone, so that nobody waits for the answer. */
  isClosed: () => boolean;
  /** Resolves when the answer has been sent or the client has gone. */
  done: Promise<void>;
}

export interface Context {
  viewer: Viewer | null;
  requestId: string;
  loaders: Loaders;
  /** For mutations that set or clear the cookie. Absent on the websocket. */
  response?: Response;
  /** The session token of the request, for signing out. */
  token?: string;
  /** The address of the client, behind trusted proxies too. Limits count by it. */
  address?: string;
  /** Set while the operation runs. */
  budget?: ExecutionBudget;
  /** How the answer reaches the client. Absent for the events of a subscription. */
  delivery?: Delivery;
}

/** The context of a subscription. */
export interface SocketContext extends Context {
  /** Closes the connection of a client that stopped reading. */
  terminate?: () => void;
}
