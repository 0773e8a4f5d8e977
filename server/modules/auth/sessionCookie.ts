import type { Request, Response } from 'express';
import type { IncomingMessage } from 'node:http';

const cookieName = 'labelloop_session';

export function setSessionCookie(
  response: Response | undefined,
  token: string,
  expires: Date,
  secure: boolean,
): void {
  response?.cookie(cookieName, token, {
    httpOnly: true,
    sameSite: 'lax',
    secure,
    expires,
    path: '/',
  });
}

export function clearSessionCookie(response: Response | undefined): void {
  response?.clearCookie(cookieName, { path: '/' });
}

/** Returns the bearer token if there is one, otherwise the cookie. */
export function tokenOf(request: Request | IncomingMessage): string | undefined {
  return bearerTokenOf(request.headers.authorization) ?? cookieTokenOf(request);
}

/** Returns the token of an `Authorization` header. Undefined for another scheme. */
export function bearerTokenOf(authorization: unknown): string | undefined {
  const [scheme, token] = typeof authorization === 'string' ? authorization.split(' ') : [];
  return scheme?.toLowerCase() === 'bearer' ? token : undefined;
}

export function cookieTokenOf(request: Request | IncomingMessage): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = pair.trim().split('=');
    if (name === cookieName) return value;
  }
  return undefined;
}
