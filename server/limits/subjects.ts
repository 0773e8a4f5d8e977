import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Context } from '../graphql/context';

/** Who a request counts for. API keys and roles will add their own subjects here. */
export interface Subjects {
  person?: string | undefined;
  /** A digest of the session's token. The token itself is never stored. */
  session?: string | undefined;
  address?: string | undefined;
}

/** Returns who a request counts for. No other code decides this. */
export function subjectsOf({
  viewer,
  token,
  address,
}: Pick<Context, 'viewer' | 'token' | 'address'>): Subjects {
  return {
    person: viewer?.id,
    session: token && createHash('sha256').update(token).digest('base64url'),
    address: address && networkOf(address),
  };
}

/** One customer often has a whole IPv6 network of 2^72 addresses, so these count as one. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  if (!isIPv6(address)) return address.slice(0, 64);
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const groups = (text = '') => text.split(':').filter(Boolean);
  const [first, last] = [groups(head), groups(tail)];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const all = [...first, ...Array<string>(zeros).fill('0'), ...last];
  const bits = all.slice(0, 4).map((group) => group.padStart(4, '0').toLowerCase());
  return `${bits.join(':').slice(0, 17)}00::/56`;
}
