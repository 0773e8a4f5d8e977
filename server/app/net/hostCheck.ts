import type { RequestHandler } from 'express';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import proxyAddr from 'proxy-addr';

interface HostSettings {
  /** Names under which the operator serves the product. */
  hosts: readonly string[];
  publicUrl: string | undefined;
  trustedProxies: string[];
}

/**
 * Refuses requests under a name that the operator did not give: a page of another site whose name
 * was rebound to our address. Addresses, `localhost` and the name of this machine always work.
 */
export class HostCheck {
  private readonly names: ReadonlySet<string>;
  private readonly publicOrigin: string | undefined;
  private readonly isTrusted: (address: string, distance: number) => boolean;

  constructor({ hosts, publicUrl, trustedProxies }: HostSettings) {
    this.publicOrigin = publicUrl ? new URL(publicUrl).origin : undefined;
    const own = hostname().toLowerCase();
    this.names = new Set([
      'localhost',
      own,
      `${own}.local`,
      ...hosts.map((host) => host.toLowerCase()),
      ...(publicUrl ? [new URL(publicUrl).hostname] : []),
    ]);
    this.isTrusted = proxyAddr.compile(trustedProxies);
  }

  /** Whether the operator serves the product under the host of this request. */
  allows(request: IncomingMessage): boolean {
    const name = nameOf(this.hostOf(request));
    if (name === undefined) return false;
    return isIP(name) !== 0 || this.names.has(name) || name.endsWith('.localhost');
  }

  /**
   * Whether a request with an `Origin` comes from a page of ours. Scripts send none. A page of
   * another site must not open a socket with this browser's cookie.
   */
  isSameOrigin(request: IncomingMessage): boolean {
    const { origin } = request.headers;
    if (!origin) return true;
    if (this.publicOrigin && origin === this.publicOrigin) return true;
    try {
      return new URL(origin).host === this.hostOf(request);
    } catch {
      return false;
    }
  }

  /** Answers requests under a foreign name with 421. */
  readonly middleware: RequestHandler = (request, response, next) => {
    if (this.allows(request)) return next();
    response.status(421).json({
      message:
        'This server does not answer under this name. Its operator can allow the name with LABELLOOP_HOSTS.',
    });
  };

  /** A forwarded host counts only from a trusted proxy. */
  private hostOf(request: IncomingMessage): string | undefined {
    const forwarded = request.headers['x-forwarded-host'];
    const from = request.socket.remoteAddress;
    if (typeof forwarded === 'string' && from !== undefined && this.isTrusted(from, 0))
      return forwarded.split(',')[0]?.trim().toLowerCase();
    return request.headers.host?.toLowerCase();
  }
}

/** Returns the host without port and brackets. Undefined for what is not a host. */
function nameOf(host: string | undefined): string | undefined {
  if (!host) return undefined;
  try {
    const { hostname: name, pathname, username } = new URL(`http://${host}`);
    if (pathname !== '/' || username) return undefined;
    return name.startsWith('[') ? name.slice(1, -1) : name;
  } catch {
    return undefined;
  }
}
