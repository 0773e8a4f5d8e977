/**
 * The fields of an Image that belong to its version; the others (prediction, url) have a life of
 * their own.
 */
const versioned = ['version', 'consensus', 'labels'] as const;

type VersionOf = (imageId: string) => number | undefined;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/**
 * A copy of a GraphQL result in which an image older than the one already known has lost what its version decides.
 * Events, mutations and queries travel on different roads; the last to arrive is not always the newest.
 */
export function dropStaleImages<T>(value: T, versionOf: VersionOf): T {
  if (Array.isArray(value)) return copyOnChange(value, versionOf) as T;
  if (!isObject(value)) return value;
  const copy = copyOnChange(value, versionOf);
  return (isStale(copy, versionOf) ? withoutVersioned(copy) : copy) as T;
}

function isStale(object: Record<string, unknown>, versionOf: VersionOf): boolean {
  if (object.__typename !== 'Image' || typeof object.id !== 'string') return false;
  if (typeof object.version !== 'number') return false;
  const known = versionOf(object.id);
  return known !== undefined && object.version < known;
}

function withoutVersioned(object: Record<string, unknown>): Record<string, unknown> {
  const rest = { ...object };
  for (const field of versioned) delete rest[field];
  return rest;
}

/** Results without a stale image, which is nearly all of them, pass through as they are. */
function copyOnChange<T extends object>(value: T, versionOf: VersionOf): T {
  let copy: Record<string, unknown> | undefined;
  for (const [key, child] of Object.entries(value) as [string, unknown][]) {
    const next = dropStaleImages(child, versionOf);
    if (next === child) continue;
    copy ??= (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<
      string,
      unknown
    >;
    copy[key] = next;
  }
  return (copy as T | undefined) ?? value;
}
