/** [labels, accuracy], or null accuracy without a model. */
export type CurvePoint = [labels: number, accuracy: number];

export interface View {
  /** Begins a step of the work. */
  stage(text: string): void;
  progress(what: string, done: number, total: number): void;
  event(line: string): void;
  point(point: CurvePoint): void;
  /** Keeps the last picture on the screen. */
  close(): void;
}

const blocks = [...'▁▂▃▄▅▆▇█'];

/** Draws one column per point, from 0 to 1. */
export function sparkline(values: readonly number[]): string {
  return values
    .map(
      (value) =>
        blocks[Math.min(blocks.length - 1, Math.floor(Math.max(0, value) * blocks.length))],
    )
    .join('');
}

export function bar(done: number, total: number, width: number): string {
  const filled = total === 0 ? width : Math.round((Math.min(done, total) / total) * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}

/** Redraws in place on a terminal, and writes plain lines into a file or a pipe. */
export function createView(output: NodeJS.WriteStream): View {
  return output.isTTY ? new LiveView(output) : new PlainView(output);
}

class PlainView implements View {
  private readonly told = new Map<string, number>();

  constructor(private readonly output: NodeJS.WritableStream) {}

  stage(text: string): void {
    this.output.write(`${text}\n`);
  }

  /** Writes a line for every tenth. */
  progress(what: string, done: number, total: number): void {
    const tenth = total === 0 ? 10 : Math.floor((done / total) * 10);
    if (tenth <= (this.told.get(what) ?? 0)) return;
    this.told.set(what, tenth);
    this.output.write(`  ${what} ${done} of ${total}\n`);
  }

  event(line: string): void {
    if (!line.startsWith('label')) this.output.write(`  ${line}\n`);
  }

  point([labels, accuracy]: CurvePoint): void {
    this.output.write(`  ${labels} labels: ${percent(accuracy)} of the held-out images right\n`);
  }

  close(): void {}
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

class LiveView implements View {
  private stageText = '';
  private readonly bars = new Map<string, [done: number, total: number]>();
  private readonly points: CurvePoint[] = [];
  private events: string[] = [];
  private lines = 0;
  private readonly timer = setInterval(() => this.draw(), 120).unref();

  constructor(private readonly output: NodeJS.WriteStream) {}

  stage(text: string): void {
    this.stageText = text;
  }

  progress(what: string, done: number, total: number): void {
    this.bars.set(what, [done, total]);
  }

  event(line: string): void {
    this.events = [...this.events, line].slice(-6);
  }

  point(point: CurvePoint): void {
    this.points.push(point);
  }

  close(): void {
    clearInterval(this.timer);
    this.draw();
  }

  private draw(): void {
    const width = Math.max(20, this.output.columns ?? 80);
    const picture = this.picture().map((line) => [...line].slice(0, width - 1).join(''));
    const up = this.lines > 0 ? `\u001b[${this.lines}A` : '';
    this.output.write(`${up}\u001b[J${picture.join('\n')}\n`);
    this.lines = picture.length;
  }

  private picture(): string[] {
    const bars = [...this.bars].map(
      ([what, [done, total]]) => `  ${what.padEnd(10)} ${bar(done, total, 30)} ${done}/${total}`,
    );
    const latest = this.points.at(-1);
    const curve = latest && [
      `  learning   ${sparkline(this.points.map(([, accuracy]) => accuracy))}  ${percent(latest[1])} at ${latest[0]} labels`,
    ];
    return [this.stageText, ...bars, ...(curve ?? []), ...this.events.map((line) => `    ${line}`)];
  }
}
