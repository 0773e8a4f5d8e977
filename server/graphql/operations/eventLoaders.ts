import { Loaders } from '../context';

/** What was read for an event is read again after this time, because it may have changed. */
const maxAgeMs = 200;

interface Kept {
  loaders: Loaders;
  since: number;
}

/**
 * Keeps the loaders of each event. All subscriptions receive an event at about the same time, so
 * they share what they read for it.
 */
export class EventLoaders {
  private readonly kept = new WeakMap<object, Kept>();

  of(event: unknown): Loaders {
    const now = performance.now();
    const known = isObject(event) ? this.kept.get(event) : undefined;
    if (known && now - known.since <= maxAgeMs) return known.loaders;
    const loaders = new Loaders();
    if (isObject(event)) this.kept.set(event, { loaders, since: now });
    return loaders;
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
