const whole = new Intl.NumberFormat('en');

/** Formats 12345 as "12,345". */
export const formatCount = (value: number) => whole.format(value);

/** Formats a count with its noun: "1 image", "12 images". */
export const formatQuantity = (value: number, singular: string, plural = `${singular}s`) =>
  `${whole.format(value)} ${value === 1 ? singular : plural}`;

/**
 * Formats 0.934 as "93 %". A value below 1 never becomes 100 %, and one above 0 never becomes 0 %.
 */
export function formatPercent(fraction: number, digits = 0): string {
  const percent = fraction * 100;
  const step = 10 ** -digits;
  const rounded = Number(percent.toFixed(digits));
  if (rounded === 100 && percent < 100) return `>${(100 - step).toFixed(digits)} %`;
  if (rounded === 0 && percent > 0) return `<${step.toFixed(digits)} %`;
  return `${percent.toFixed(digits)} %`;
}

/** Formats seconds as "8 s", "2 min 5 s" or "1 h 12 min". */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return `${Math.max(0, seconds).toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    const rest = Math.round(seconds - minutes * 60);
    return rest ? `${minutes} min ${rest} s` : `${minutes} min`;
  }
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const units = ['B', 'KB', 'MB', 'GB', 'TB'];

/**
 * Formats bytes as "8.4 KB" or "64 MB". A unit is 1024 times the previous one, as in the limits.
 */
export function formatBytes(bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** power;
  const exact = power === 0 || value >= 100 || Number.isInteger(value);
  return `${exact ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

const ago = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });

/** Formats the time since a moment: "just now", "4 min. ago", "yesterday". */
export function formatAgo(at: string | Date, now = Date.now()): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  if (seconds > -10) return 'just now';
  if (seconds > -60) return ago.format(Math.round(seconds), 'second');
  if (seconds > -3600) return ago.format(Math.round(seconds / 60), 'minute');
  if (seconds > -86_400) return ago.format(Math.round(seconds / 3600), 'hour');
  return ago.format(Math.round(seconds / 86_400), 'day');
}

const moment = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

export const formatMoment = (at: string | Date) => moment.format(new Date(at));

/** Returns the file name at the end of an uploaded path. */
export const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** Shortens "Ada Lovelace" to "AL". */
export const initials = (name: string) =>
  name
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => word[0]?.toUpperCase() ?? '')
    .filter((_, index, all) => index === 0 || index === all.length - 1)
    .join('');
