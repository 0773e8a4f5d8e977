import pino, { type Logger } from 'pino';
import { describeError } from './describeError';

/** Creates a logger that writes lines of JSON, or readable lines on a terminal. */
export function createLogger(level: string, name: string): Logger {
  const pretty = process.stdout.isTTY;
  return pino({
    name,
    level,
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError, error: describeError },
    redact: ['req.headers.authorization', 'req.headers.cookie', 'res.headers["set-cookie"]'],
    ...(pretty && {
      transport: {
        target: 'pino-pretty',
        options: { translateTime: 'HH:MM:ss', ignore: 'pid,hostname' },
      },
    }),
  });
}
