const loading = new Map<string, Promise<void>>();
const remembered = 64;

/**
 * Fetches and decodes an image ahead of time, so that it can be drawn in the frame in which it is
 * asked for.
 */
export function preloadImage(url: string): Promise<void> {
  const known = loading.get(url);
  if (known) return known;
  const image = new Image();
  image.src = url;
  const promise = image.decode().catch(() => {
    // The page shows the failure when it gets there; a later attempt may succeed.
    loading.delete(url);
  });
  loading.set(url, promise);
  const oldest = loading.keys().next().value;
  if (loading.size > remembered && oldest !== undefined) loading.delete(oldest);
  return promise;
}
