import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from '../../demo/api';
import { recordLabel } from '../../demo/operations';
import { seededRandom } from '../../models/numeric';
import { pick } from '../../server/testing/hostile';

const patienceMs = 30_000;
const thinkMs = { min: 200, max: 400 } as const;

export type Phase = 'warm-up' | 'quiet' | 'attack';

/** People who label all the time: one answer, a short thought, the next answer. */
export class Labellers {
  /** Milliseconds of every `recordLabel`, by the phase in which it was sent. */
  readonly latencies: Record<Phase, number[]> = { 'warm-up': [], quiet: [], attack: [] };
  /** What people were told instead of “recorded”. */
  readonly failures: string[] = [];
  phase: Phase = 'warm-up';
  private stopped = false;
  private work: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly people: readonly Api[],
    private readonly imageIds: readonly string[],
    private readonly classIds: readonly string[],
    private readonly seed: number,
  ) {}

  start(): void {
    this.work = Promise.all(this.people.map((person, index) => this.label(person, index)));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.work;
  }

  private async label(person: Api, index: number): Promise<void> {
    const random = seededRandom(`labeller ${index} ${this.seed}`);
    while (!this.stopped) {
      await delay(thinkMs.min + random.next() * (thinkMs.max - thinkMs.min));
      const input = {
        imageId: pick(random, this.imageIds),
        classId: pick(random, this.classIds),
        clientMutationId: randomUUID(),
      };
      await this.record(person, input);
    }
  }

  private async record(person: Api, input: Record<string, unknown>): Promise<void> {
    const { phase } = this;
    const since = performance.now();
    const late = new AbortController();
    const sent = person.mutate('recordLabel', recordLabel, input).catch((error: Error) => {
      if (!this.stopped) this.failures.push(error.message.slice(0, 200));
    });
    await Promise.race([
      sent,
      delay(patienceMs, undefined, { signal: late.signal }).catch(() => {}),
    ]);
    late.abort();
    this.latencies[phase].push(performance.now() - since);
  }
}

/** The smallest value that a share of the values does not exceed. 0 without values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
