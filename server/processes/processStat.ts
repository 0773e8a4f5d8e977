/** What `/proc/PID/stat` says of a process on Linux. */
export interface ProcessStat {
  /** At most 15 characters. */
  name: string;
  /** One letter: `Z` for a process that has ended and that its parent has not noticed. */
  state: string;
  parent: number;
  session: number;
  /** When it started, in clock ticks since the start of the machine. */
  startTicks: number;
}

/** Reads the text of `/proc/PID/stat`. The name stands in brackets and may contain brackets. */
export function parseStat(text: string): ProcessStat {
  const [from, to] = [text.indexOf('('), text.lastIndexOf(')')];
  const fields = text.slice(to + 2).split(' ');
  return {
    name: text.slice(from + 1, to),
    state: fields[0] ?? '',
    parent: Number(fields[1]),
    session: Number(fields[3]),
    startTicks: Number(fields[19]),
  };
}
