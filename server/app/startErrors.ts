import { dirname } from 'node:path';

/** The settings that the messages name. */
export interface StartNeeds {
  dataFolder: string;
  host: string;
  port: number;
  /** Undefined with the embedded PostgreSQL. */
  databaseUrl: string | undefined;
}

interface SystemError extends Error {
  code?: string;
  syscall?: string;
  path?: string;
}

/**
 * Returns the reason why a start failed and what to do about it, in sentences for the operator.
 * Errors of our own say this already.
 */
export function startFailure(given: unknown, needs: StartNeeds): string {
  const error = (given instanceof Error ? given : new Error(String(given))) as SystemError;
  if (error.syscall === 'listen') return listenFailure(error, needs) ?? error.message;
  const known = databaseFailure(error, needs) ?? diskFailure(error, needs);
  return known ?? error.message;
}

function listenFailure({ code }: SystemError, { host, port }: StartNeeds): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is used by another program. Stop that program, or set LABELLOOP_PORT to a free port.`;
    case 'EACCES':
      return `This account may not use port ${port}. Set LABELLOOP_PORT to a port above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host}. Set LABELLOOP_HOST to one of its addresses, or to 0.0.0.0 for all.`;
    default:
      return undefined;
  }
}

function diskFailure({ code = '', path, message }: SystemError, { dataFolder }: StartNeeds) {
  if (['ENOSPC', 'EDQUOT'].includes(code) || message.includes('No space left on device'))
    return `The disk of ${dataFolder} is full. Free some space on it, or set LABELLOOP_DATA to a folder on another disk.`;
  const place = path ?? dataFolder;
  if (code === 'EROFS') return `${place} is on a disk that is read-only. ${otherFolder}`;
  if (['EACCES', 'EPERM'].includes(code))
    return `This account may not write ${place}. Give it the right to write ${dirname(place)}, or set LABELLOOP_DATA to another folder.`;
  if (['ENOTDIR', 'EEXIST'].includes(code)) return `${place} is not a folder. ${otherFolder}`;
  return undefined;
}

const otherFolder = 'Set LABELLOOP_DATA to a folder that can be written.';

function databaseFailure(
  { code, syscall, message }: SystemError,
  { databaseUrl }: StartNeeds,
): string | undefined {
  if (databaseUrl === undefined) return undefined;
  const { host, username, pathname } = new URL(databaseUrl);
  const server = host || 'the local socket';
  const database = pathname.slice(1);
  if (code === 'EACCES' && syscall === 'connect')
    return `This account may not connect to PostgreSQL at ${server}. Give it the right, or correct DATABASE_URL.`;
  switch (code) {
    case 'ECONNREFUSED':
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `No PostgreSQL answers at ${server}. Start it, or correct the address in DATABASE_URL.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host ${server} in DATABASE_URL is not known. Correct the address.`;
    case '28P01':
    case '28000':
      return `PostgreSQL at ${server} refuses the user ${username} or the password. Correct both in DATABASE_URL.`;
    case '3D000':
      return `PostgreSQL at ${server} has no database ${database}. Create it, or correct the name in DATABASE_URL.`;
    case '42501':
      return `The user ${username} may not create tables in ${database}. Make this user the owner of the database.`;
    case '53100':
      return `The disk of PostgreSQL at ${server} is full. Free some space on it.`;
    case '53300':
      return `PostgreSQL at ${server} has no free connection. Raise its max_connections, or lower DATABASE_POOL.`;
    case '57P03':
      return `PostgreSQL at ${server} is starting or stopping. Start Labelloop again when it is ready.`;
    default:
      return message.includes('timeout expired')
        ? `PostgreSQL at ${server} does not answer. Check that it runs and that no firewall is in between.`
        : undefined;
  }
}
