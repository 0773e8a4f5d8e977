import { request, type IncomingMessage } from 'node:http';
import { patienceMs, type Verdict } from './result';

/** An attacker's access: the server, the session, and an address of its own where there is one. */
export interface Access {
  url: string;
  token?: string;
  /** Local address of the connections, so that limits by address do not concern others. */
  from?: string;
}

export interface Message {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  patience?: number;
}

export interface Answer {
  status: number;
  /** The first 256 KiB. */
  text: string;
  length: number;
  hasInternalError: boolean;
  retryAfter: string | undefined;
  ms: number;
}

const keptBytes = 256 * 1024;

export const headersOf = ({ token }: Access): Record<string, string> =>
  token ? { authorization: `Bearer ${token}` } : {};

/** Reads a whole answer, and keeps only its beginning. */
async function read(response: IncomingMessage): Promise<Omit<Answer, 'ms'>> {
  const kept: Buffer[] = [];
  let length = 0;
  let hasInternalError = response.statusCode === 500;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (length < keptBytes) kept.push(chunk);
    length += chunk.length;
    hasInternalError ||= chunk.includes('INTERNAL_SERVER_ERROR');
  }
  const { statusCode = 0, headers } = response;
  const text = Buffer.concat(kept).toString();
  return { status: statusCode, text, length, hasInternalError, retryAfter: headers['retry-after'] };
}

/**
 * Sends a request on a connection of its own. The time counts from the last byte of the body, or
 * from the start if the answer comes before that.
 *
 * @throws Error if the server closes the connection, or the patience is over (`TimeoutError`)
 */
export function send(access: Access, message: Message): Promise<Answer> {
  const { hostname, port } = new URL(access.url);
  const { method, path, body, patience = patienceMs.query } = message;
  const headers = { ...headersOf(access), ...message.headers };
  let since = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request({
      ...{ hostname, port, method, path, headers, agent: false },
      ...(access.from && { localAddress: access.from }),
      signal: AbortSignal.timeout(Math.ceil(patience)),
    });
    let answered = false;
    sent.once('finish', () => (since = answered ? since : performance.now()));
    sent.once('response', (response) => {
      answered = true;
      read(response).then(
        (answer) => resolve({ ...answer, ms: performance.now() - since }),
        reject,
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

const isLate = (error: unknown) =>
  error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');

/** Codes of a connection that the other side closed, refused, or answered with no HTTP. */
const closed = /^(ECONN|EPIPE|HPE_|ETIMEDOUT|ECANCELED)/;

/**
 * What a failed request means: the server closed the connection, or never answered.
 *
 * @throws the error itself if it is the attacker's own
 */
export function verdictOfError(error: unknown, ms: number): Verdict {
  if (isLate(error)) return { outcome: 'open', ms, what: 'no answer' };
  const { code = '' } = error as NodeJS.ErrnoException;
  if (!closed.test(code)) throw error;
  return { outcome: 'refused', ms };
}

export function verdictOf(answer: Answer): Verdict {
  const { status, text, ms } = answer;
  if (answer.hasInternalError || (status >= 500 && status !== 503))
    return { outcome: 'internal', ms, what: `${status} ${text.slice(0, 200)}` };
  if (status >= 400) return { outcome: 'refused', ms };
  return { outcome: isRequestError(answer) ? 'refused' : 'ended', ms };
}

/** A request error has errors and no `data`. Execution did not begin. */
function isRequestError({ text, length }: Answer): boolean {
  if (length > keptBytes || !text.startsWith('{')) return false;
  try {
    const parsed = JSON.parse(text) as { data?: unknown; errors?: unknown };
    return Boolean(parsed.errors) && !('data' in parsed);
  } catch {
    return false;
  }
}

/** Whether the server asks to try again later. A limit of rate says nothing about the payload. */
export const isRateLimited = ({ status, text, retryAfter }: Answer): boolean =>
  status === 429 || status === 503 || retryAfter !== undefined || saysTooMany(text);

const saysTooMany = (text: string) =>
  text.length < 5_000 && /"code":"[A-Z_]*(RATE|TOO_MANY|BUSY|OVERLOAD)[A-Z_]*"/.test(text);
