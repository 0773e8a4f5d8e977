const loading = new Map<string, Promise<void>>();
const maxRemembered = 64;

/** Fetches and decodes an image in advance, so that it is drawn without delay. */
export function preloadImage(url: string): Promise<void> {
  const known = loading.get(url);
  if (known) return known;
  const image = new Image();
  image.src = url;
  const promise = image.decode().catch(() => {
    // The page shows the failure when it draws the image. A later attempt may succeed.
    loading.delete(url);
  });
  loading.set(url, promise);
  const oldest = loading.keys().next().value;
  if (loading.size > maxRemembered && oldest !== undefined) loading.delete(oldest);
  return promise;
}
