import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';
import { randomBytes } from 'node:crypto';

/** The nonce of the one inline style that the client's component library writes. */
export const styleNonceOf = (response: Response) =>
  (response.locals as { styleNonce?: string }).styleNonce ?? '';

interface HeaderSettings {
  /** Whether browsers may use only https for this host, for a year. */
  hsts: boolean;
}

/** Security headers of every response. Nothing is loaded from another site, and no page frames us. */
export function securityHeaders({ hsts }: HeaderSettings): RequestHandler[] {
  return [
    (_request, response, next) => {
      (response.locals as { styleNonce?: string }).styleNonce = randomBytes(16).toString('base64');
      next();
    },
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          'default-src': ["'none'"],
          'script-src': ["'self'"],
          'style-src': [
            "'self'",
            (_request, response) => `'nonce-${styleNonceOf(response as Response)}'`,
          ],
          'img-src': ["'self'", 'data:', 'blob:'],
          'font-src': ["'self'"],
          'connect-src': ["'self'"],
          'worker-src': ["'self'", 'blob:'],
          'manifest-src': ["'self'"],
          'base-uri': ["'none'"],
          'form-action': ["'self'"],
          'frame-ancestors': ["'none'"],
          'object-src': ["'none'"],
        },
      },
      strictTransportSecurity: hsts && { maxAge: 31_536_000, includeSubDomains: false },
      referrerPolicy: { policy: 'same-origin' },
      xFrameOptions: { action: 'deny' },
    }),
  ];
}

/**
 * Headers of files that people uploaded. A browser that opens one as a page runs nothing in it, and
 * another site cannot embed it.
 */
export const fileHeaders: RequestHandler = (_request, response, next) => {
  response.setHeader(
    'Content-Security-Policy',
    "default-src 'none'; sandbox; frame-ancestors 'none'",
  );
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  next();
};
