import { Loaders } from '../context';

/** What was read for an event is read again after this time, because it may have changed. */
const maxAgeMs = 200;

interface CachedLoaders {
  loaders: Loaders;
  createdAt: number;
}

/**
 * Keeps the loaders of each event. All subscriptions receive an event at about the same time, so
 * they share what they read for it.
 */
export class EventLoaders {
  private readonly cache = new WeakMap<object, CachedLoaders>();

  of(event: unknown): Loaders {
    const now = performance.now();
    const known = isObject(event) ? this.cache.get(event) : undefined;
    if (known && now - known.createdAt <= maxAgeMs) return known.loaders;
    const loaders = new Loaders();
    if (isObject(event)) this.cache.set(event, { loaders, createdAt: now });
    return loaders;
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
