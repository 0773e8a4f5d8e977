/**
 * The fields of an Image that its version covers. Others (prediction, url) change independently.
 */
const versioned = ['version', 'consensus', 'labels'] as const;

type VersionOf = (imageId: string) => number | undefined;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/**
 * Removes the versioned fields of images that are older than the cached ones from a GraphQL result.
 * Events, mutations and queries use different connections, so the last to arrive may not be the newest.
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
  const cached = versionOf(object.id);
  return cached !== undefined && object.version < cached;
}

function withoutVersioned(object: Record<string, unknown>): Record<string, unknown> {
  const rest = { ...object };
  for (const field of versioned) delete rest[field];
  return rest;
}

/**
 * Copies only what changes. Nearly all results have no stale image and are returned as they are.
 */
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
