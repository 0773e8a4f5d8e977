const windowMs = 8_000;

/** Measures bytes per second over the last seconds. Call `reset` after a pause. */
export class SpeedMeter {
  private samples: { at: number; bytes: number }[] = [];

  constructor(private readonly now: () => number) {}

  add(bytes: number) {
    const at = this.now();
    const last = this.samples.at(-1);
    // Parallel requests fire hundreds of progress events, so samples within 100 ms are merged.
    if (last && at - last.at < 100) last.bytes += bytes;
    else this.samples.push({ at, bytes });
    const oldest = at - windowMs;
    while (this.samples.length > 2 && (this.samples[0]?.at ?? at) < oldest) this.samples.shift();
  }

  reset() {
    this.samples = [];
  }

  get bytesPerSecond(): number {
    const first = this.samples[0];
    if (!first) return 0;
    const seconds = Math.max(0.5, (this.now() - first.at) / 1000);
    return this.samples.reduce((sum, sample) => sum + sample.bytes, 0) / seconds;
  }
}
