/** Destination of lines: standard error, or a test's own. */
export interface Output {
  write(text: string): unknown;
  /** A terminal redraws its last line. */
  readonly isTTY?: boolean | undefined;
}

const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

/** Prints steps line by line, and a download's progress as one changing line on a terminal. */
export class Progress {
  private last = '';
  private shownAt = -Infinity;
  private decile = -1;

  constructor(
    private readonly output: Output,
    private readonly now: () => number = () => performance.now(),
  ) {}

  say(line: string): void {
    this.finish();
    this.output.write(`${line}\n`);
  }

  /** @param total undefined if it is unknown */
  download(received: number, total: number | undefined): void {
    const share = total
      ? ` of ${mebibytes(total)} MiB (${Math.floor((100 * received) / total)} %)`
      : ' MiB';
    const line = `  ${mebibytes(received)}${share}`;
    const done = total !== undefined && received >= total;
    if (this.output.isTTY) {
      if (!done && this.now() - this.shownAt < 100) return;
      this.output.write(`\r${line}\u001b[K`);
      this.last = line;
      this.shownAt = this.now();
      return;
    }
    // A log gets a line for every tenth, or for every 16 MiB if the size is unknown.
    const decile = Math.floor(total ? (10 * received) / total : received / 2 ** 24);
    if (decile === this.decile) return;
    this.decile = decile;
    this.output.write(`${line}\n`);
  }

  /** Ends the changing line. */
  finish(): void {
    if (this.last) this.output.write('\n');
    this.last = '';
  }
}
