import type { Logger } from 'pino';

/** One part of the server that was started, and how long its end may take. */
export interface Stop {
  name: string;
  stop: () => Promise<unknown>;
  limitMs: number;
}

/** Stops the parts in reverse order of the start. One that does not end in time is left behind. */
export async function stopAll(stops: Stop[], logger: Logger): Promise<void> {
  for (const { name, stop, limitMs } of stops.splice(0).reverse()) {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not ended after ${limitMs} ms`)), limitMs);
    });
    await Promise.race([stop(), late])
      .catch((error: unknown) => logger.error({ err: error, part: name }, 'a part did not stop'))
      .finally(() => clearTimeout(timer));
  }
}
