import { resolve } from 'node:path';
import { z } from 'zod';
import { isProxyList } from './net/clientAddress';
import { backboneFolders, cacheFolder } from '../../models/backbones';
import { onnxProviders, tfjsBackends } from '../../models/engine';
import { parseBudgets } from '../limits/budgets';

const gibibyte = 2 ** 30;
const boolean = z
  .enum(['true', 'false', '1', '0'])
  .transform((value) => value === 'true' || value === '1');

/** Values separated by commas. */
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean),
);
const proxies = list.refine(isProxyList, {
  error: 'give addresses, subnets, or loopback, linklocal, uniquelocal',
});

const budgets = z
  .string()
  .default('')
  .transform((text, context) => {
    try {
      return parseBudgets(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });

/** Every variable that the product reads, documented in docs/configuration.md. */
const environment = z.object({
  LABELLOOP_ROLE: z.enum(['all', 'api', 'worker']).default('all'),
  LABELLOOP_HOST: z.string().default('0.0.0.0'),
  LABELLOOP_PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  LABELLOOP_DATA: z.string().default('data'),
  LABELLOOP_CACHE: z.string().optional(),
  LABELLOOP_MODELS: z.string().optional(),
  XDG_CACHE_HOME: z.string().optional(),
  LABELLOOP_BACKBONES: z.string().optional(),
  LABELLOOP_SHARED: z.string().optional(),
  LABELLOOP_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info'),
  LABELLOOP_LEASE_SECONDS: z.coerce.number().int().min(5).max(86_400).default(120),
  LABELLOOP_SESSION_DAYS: z.coerce.number().int().min(1).max(365).default(30),
  LABELLOOP_EVENT_POLL_MS: z.coerce.number().int().min(10).max(5_000).default(100),
  LABELLOOP_EVENT_RETENTION_HOURS: z.coerce.number().positive().default(72),
  LABELLOOP_ORPHANS: z.enum(['remove', 'report']).default('report'),
  LABELLOOP_SUBSCRIBER_QUEUE: z.coerce.number().int().min(10).max(100_000).default(1_000),
  LABELLOOP_STALLED_AFTER_SECONDS: z.coerce.number().min(0.1).max(3_600).default(30),
  LABELLOOP_DECODERS: z.coerce.number().int().min(1).max(64).default(2),
  LABELLOOP_DECODER_MIB: z.coerce.number().int().min(128).max(16_384).default(220),
  LABELLOOP_DECODE_SECONDS: z.coerce.number().min(1).max(600).default(8),
  LABELLOOP_THREADS: z.coerce.number().int().min(0).max(256).default(0),
  LABELLOOP_SILENCE_SECONDS: z.coerce.number().min(5).max(3_600).default(60),
  LABELLOOP_STOP_GRACE_SECONDS: z.coerce.number().min(1).max(600).default(15),
  LABELLOOP_TFJS_BACKEND: z.enum(['auto', ...tfjsBackends]).default('auto'),
  LABELLOOP_ONNX_PROVIDER: z.enum(['auto', ...onnxProviders]).default('auto'),
  LABELLOOP_SECURE_COOKIES: boolean.default(false),
  LABELLOOP_LIMITS: budgets,
  LABELLOOP_LIMITS_STORE: z.enum(['auto', 'memory', 'postgres']).default('auto'),
  LABELLOOP_SESSIONS_PER_PERSON: z.coerce.number().int().min(1).max(10_000).default(50),
  LABELLOOP_LEASES_PER_PERSON: z.coerce.number().int().min(1).max(10_000).default(300),
  LABELLOOP_LEASE_MAX_MINUTES: z.coerce.number().positive().max(10_080).default(60),
  LABELLOOP_MIN_FREE_GIB: z.coerce.number().min(0).max(1_000_000).optional(),
  LABELLOOP_OPEN_UPLOADS_PER_PERSON: z.coerce.number().int().min(1).default(20_000),
  LABELLOOP_OPEN_GIB_PER_PERSON: z.coerce.number().positive().default(128),
  LABELLOOP_DEEP_RUNS_PER_PERSON: z.coerce.number().int().min(1).max(1_000).default(1),
  LABELLOOP_MAX_TRAINING_HOURS: z.coerce.number().positive().max(500).default(8),
  LABELLOOP_PUBLIC_URL: z.url().optional(),
  LABELLOOP_HOSTS: list.default([]),
  LABELLOOP_TRUSTED_PROXIES: proxies.default(['loopback']),
  LABELLOOP_STATUS_TOKEN: z.string().min(16, 'use 16 characters or more').optional(),
  LABELLOOP_HSTS: boolean.default(false),
  LABELLOOP_INTROSPECTION: boolean.default(true),
  LABELLOOP_OPERATIONS_AT_ONCE: z.coerce.number().int().min(1).max(1_000).default(4),
  LABELLOOP_SOCKETS_PER_PERSON: z.coerce.number().int().min(1).max(10_000).default(50),
  LABELLOOP_CONNECTIONS_PER_ADDRESS: z.coerce.number().int().min(1).max(100_000).default(2_000),
  LABELLOOP_CHROMIUM: z.string().optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(10),
  NODE_ENV: z.string().default('production'),
});

export type Config = ReturnType<typeof parseConfig>;

/** Reads the environment once. @throws Error with every wrong variable. */
export function parseConfig(env: NodeJS.ProcessEnv) {
  // In compose files and shells an empty variable means that it is not set.
  const given = Object.entries(env).filter(([, value]) => value !== '');
  const parsed = environment.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      (issue) => `  ${issue.path.join('.')}: ${issue.message}`,
    );
    throw new Error(
      `The configuration has faults:\n${faults.join('\n')}\nSee docs/configuration.md.`,
    );
  }
  const values = parsed.data;
  return {
    role: values.LABELLOOP_ROLE,
    host: values.LABELLOOP_HOST,
    port: values.LABELLOOP_PORT,
    dataFolder: resolve(values.LABELLOOP_DATA),
    cacheFolder: cacheFolder(values),
    backboneFolders: backboneFolders(values),
    logLevel: values.LABELLOOP_LOG_LEVEL,
    leaseSeconds: values.LABELLOOP_LEASE_SECONDS,
    sessionDays: values.LABELLOOP_SESSION_DAYS,
    eventPollMs: values.LABELLOOP_EVENT_POLL_MS,
    eventRetentionHours: values.LABELLOOP_EVENT_RETENTION_HOURS,
    orphans: values.LABELLOOP_ORPHANS,
    subscriberQueue: values.LABELLOOP_SUBSCRIBER_QUEUE,
    stalledAfterSeconds: values.LABELLOOP_STALLED_AFTER_SECONDS,
    workerSilenceSeconds: values.LABELLOOP_SILENCE_SECONDS,
    stopGraceSeconds: values.LABELLOOP_STOP_GRACE_SECONDS,
    decoders: values.LABELLOOP_DECODERS,
    decoderMiB: values.LABELLOOP_DECODER_MIB,
    decodeSeconds: values.LABELLOOP_DECODE_SECONDS,
    threads: values.LABELLOOP_THREADS,
    tfjsBackend: values.LABELLOOP_TFJS_BACKEND,
    onnxProvider: values.LABELLOOP_ONNX_PROVIDER,
    secureCookies: values.LABELLOOP_SECURE_COOKIES,
    budgets: values.LABELLOOP_LIMITS,
    limitsTogether: countsTogether(values),
    sessionsPerPerson: values.LABELLOOP_SESSIONS_PER_PERSON,
    leasesPerPerson: values.LABELLOOP_LEASES_PER_PERSON,
    leaseMaxMinutes: values.LABELLOOP_LEASE_MAX_MINUTES,
    minFreeBytes: minFreeBytesOf(values),
    openUploadsPerPerson: values.LABELLOOP_OPEN_UPLOADS_PER_PERSON,
    openBytesPerPerson: values.LABELLOOP_OPEN_GIB_PER_PERSON * gibibyte,
    deepRunsPerPerson: values.LABELLOOP_DEEP_RUNS_PER_PERSON,
    maxTrainingHours: values.LABELLOOP_MAX_TRAINING_HOURS,
    publicUrl: values.LABELLOOP_PUBLIC_URL,
    hosts: values.LABELLOOP_HOSTS,
    trustedProxies: values.LABELLOOP_TRUSTED_PROXIES,
    statusToken: values.LABELLOOP_STATUS_TOKEN,
    hsts: values.LABELLOOP_HSTS,
    introspection: values.LABELLOOP_INTROSPECTION,
    operationsAtOnce: values.LABELLOOP_OPERATIONS_AT_ONCE,
    socketsPerPerson: values.LABELLOOP_SOCKETS_PER_PERSON,
    connectionsPerAddress: values.LABELLOOP_CONNECTIONS_PER_ADDRESS,
    chromium: values.LABELLOOP_CHROMIUM,
    databaseUrl: values.DATABASE_URL,
    databasePool: values.DATABASE_POOL,
  };
}

/** Undefined for the default of `DiskRoom`. */
const minFreeBytesOf = ({ LABELLOOP_MIN_FREE_GIB: size }: z.infer<typeof environment>) =>
  size === undefined ? undefined : size * gibibyte;

/** Whether limits are counted in PostgreSQL. By default where several API processes can run. */
function countsTogether(values: z.infer<typeof environment>): boolean {
  const { LABELLOOP_LIMITS_STORE: store, LABELLOOP_ROLE: role, DATABASE_URL: url } = values;
  return store === 'auto' ? role === 'api' && url !== undefined : store === 'postgres';
}

/** Returns the variables that a server in the role `all` sets for its worker. */
export function workerEnvironment(databaseUrl: string): NodeJS.ProcessEnv {
  return { ...process.env, LABELLOOP_ROLE: 'worker', DATABASE_URL: databaseUrl };
}

/** For entry points: prints every fault and ends the process with status 1. */
export function configOrExit(): Config {
  try {
    return parseConfig(process.env);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  }
}
