import { timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { countLiveWorkers } from '../jobs/liveWorkers';
import { isLoopback } from './net/clientAddress';
import type { Container } from './container';

/** One thing that the server needs. */
export interface HealthCheck {
  name: 'database' | 'store' | 'workers';
  ok: boolean;
  /** What is wrong and what to do, or that all is well. */
  message: string;
}

/** `degraded` means that people can label, but something else does not work. */
export interface Health {
  status: 'ok' | 'degraded' | 'unavailable';
  checks: HealthCheck[];
}

type Watched = Pick<Container, 'dataSource' | 'store'>;

const timeoutMs = 2_000;
/** Anybody may ask, so the answer of the last second is given again. */
const cachedMs = 1_000;

/** Checks what the server needs. It takes two seconds at most. */
export async function readHealth(watched: Watched): Promise<Health> {
  const database = await checkDatabase(watched);
  const [store, workers] = await Promise.all([
    checkStore(watched),
    database.ok ? checkWorkers(watched) : undefined,
  ]);
  const checks = [database, store, ...(workers ? [workers] : [])];
  const isFine = checks.every(({ ok }) => ok);
  const status = !database.ok ? 'unavailable' : isFine ? 'ok' : 'degraded';
  return { status, checks };
}

async function checkDatabase({ dataSource }: Watched): Promise<HealthCheck> {
  const ok = await inTime(dataSource.query('SELECT 1').then(() => true));
  const message = ok
    ? 'PostgreSQL answers.'
    : 'PostgreSQL does not answer. Check that it runs and that this machine reaches it.';
  return { name: 'database', ok: ok ?? false, message };
}

async function checkStore({ store }: Watched): Promise<HealthCheck> {
  const room = await inTime(store.room());
  const name = 'store';
  if (room === undefined)
    return {
      name,
      ok: false,
      message: 'The image store does not answer. Check that its folder exists and can be written.',
    };
  return room > 0
    ? { name, ok: true, message: 'The image store has room.' }
    : {
        name,
        ok: false,
        message:
          'The disk of the image store is full, so nothing can be uploaded. Labels are still recorded. ' +
          'Delete files, or add space (LABELLOOP_MIN_FREE_GIB).',
      };
}

async function checkWorkers({ dataSource }: Watched): Promise<HealthCheck> {
  const count = (await inTime(countLiveWorkers(dataSource))) ?? 0;
  const message =
    count > 0
      ? `Workers that take jobs: ${count}.`
      : 'No worker takes jobs, so images are not embedded and no run starts. Start a worker.';
  return { name: 'workers', ok: count > 0, message };
}

/** Undefined if the work fails or takes too long. */
async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, undefined);
  });
  try {
    return await Promise.race([work, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Answers `/readyz`: 200 if the server can serve, 503 if not. Strangers get the status only. The
 * checks are for this machine, and for those who know the operator's token.
 */
export function readyRoute(watched: Watched, token: string | undefined): RequestHandler {
  let cached: { until: number; health: Promise<Health> } | undefined;
  return async (request, response) => {
    if (!cached || cached.until < performance.now())
      cached = { until: performance.now() + cachedMs, health: readHealth(watched) };
    const { status, checks } = await cached.health;
    response
      .status(status === 'unavailable' ? 503 : 200)
      .json(isOperator(request, token) ? { status, checks } : { status });
  };
}

/** A request that a proxy passed on comes from this machine only if the proxy is trusted. */
function isOperator(request: Request, token: string | undefined): boolean {
  const given = request.headers.authorization?.replace(/^Bearer /, '');
  if (token && given && isEqual(given, token)) return true;
  const isForwarded = 'x-forwarded-for' in request.headers || 'forwarded' in request.headers;
  return !isForwarded && isLoopback(request.socket.remoteAddress);
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
