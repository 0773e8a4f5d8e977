import { validate as isUuid } from 'uuid';
import type { KeyPart } from '../domain/page';
import { minReal } from '../domain/shares';

const maxInteger = 2 ** 31 - 1;
const fraction = /^\d{1,12}(\.\d{1,12})?(e-\d{1,3})?$/;
const instant =
  /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.\d{1,6})?[+-](\d\d)(?::(\d\d))?(?::(\d\d))?$/;

function isFraction(text: string): boolean {
  if (!fraction.test(text)) return false;
  const value = Number(text);
  if (value === 0) return /^0+(\.0+)?(e-\d+)?$/.test(text);
  return value >= minReal && value <= 1;
}

/** Maximum hour, minute and second, then those of the time zone, as PostgreSQL prints them. */
const clockMaxima = [23, 59, 59, 15, 59, 59];

/** Whether PostgreSQL can read it as a timestamptz: no 31st of February, no year 0. */
function isInstant(text: string): boolean {
  const match = instant.exec(text);
  if (!match) return false;
  const [year = 0, month = 0, day = 0, ...clock] = match
    .slice(1)
    .map((digits: string | undefined) => Number(digits ?? 0));
  if (year < 1 || clock.some((value, index) => value > (clockMaxima[index] ?? 0))) return false;
  // `Date.UTC` alone takes the years 0 to 99 for 1900 to 1999. A day too many is in the next month.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/**
 * Whether a value of a cursor is one that PostgreSQL can read as the type of its column. A client
 * can make up cursors, and a value that the database refuses would be an internal error.
 */
export const isKeyPart: Record<KeyPart, (value: unknown) => boolean> = {
  uuid: isUuid,
  integer: (value) => Number.isInteger(value) && Math.abs(value as number) <= maxInteger,
  text: (value) => typeof value === 'string' && !value.includes('\0'),
  // PostgreSQL's text of a real between 0 and 1
  fraction: (value) => typeof value === 'string' && isFraction(value),
  // PostgreSQL's text of a timestamptz
  instant: (value) => typeof value === 'string' && isInstant(value),
};
