import type { IncomingMessage } from 'node:http';
import proxyAddr from 'proxy-addr';

/** Returns the network address of the client that a request came from. */
export type ClientAddress = (request: IncomingMessage) => string;

/**
 * Believes `X-Forwarded-For` only from the proxies that the operator named. Addresses, subnets, or
 * `loopback`, `linklocal` and `uniquelocal`.
 */
export function clientAddressBehind(trustedProxies: string[]): ClientAddress {
  const isTrusted = proxyAddr.compile(trustedProxies);
  return (request) => {
    try {
      return proxyAddr(request, isTrusted);
    } catch {
      // The connection has ended, so its address is gone.
      return 'unknown';
    }
  };
}

const loopback = proxyAddr.compile('loopback');

/** Whether an address is one of this machine's own. */
export const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && loopback(address, 0);

/** Whether a setting names proxies. */
export function isProxyList(proxies: string[]): boolean {
  try {
    proxyAddr.compile(proxies);
    return true;
  } catch {
    return false;
  }
}
