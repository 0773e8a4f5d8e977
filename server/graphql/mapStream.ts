interface MapOptions<T> {
  /** Delivered before all others. */
  first?: T | undefined;
  /** The stream completes after this value. */
  isLast?: (value: T) => boolean;
}

/**
 * Maps a stream value by value; undefined skips one. Unlike an async generator it ends at once if
 * it is returned while it waits.
 */
export function mapStream<S, T>(
  source: AsyncIterableIterator<S>,
  map: (value: S) => T | undefined | Promise<T | undefined>,
  { first, isLast }: MapOptions<T> = {},
): AsyncIterableIterator<T> {
  let pending = first;
  let over = false;
  const end = async (): Promise<IteratorResult<T>> => {
    over = true;
    await source.return?.();
    return { done: true, value: undefined };
  };
  const deliver = (value: T): IteratorResult<T> => {
    pending = undefined;
    if (isLast?.(value)) over = true;
    return { done: false, value };
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (over) return end();
      if (pending !== undefined) return deliver(pending);
      for (;;) {
        const result = await source.next();
        if (result.done) return { done: true, value: undefined };
        const mapped = await map(result.value);
        if (mapped !== undefined) return deliver(mapped);
      }
    },
    return: end,
  };
}
