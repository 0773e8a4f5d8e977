import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded before the product by `NODE_OPTIONS=--require`. Once per second it writes the longest
 * block of this process's event loop to a file of its own.
 */

/** The folder for the files, one per process: `PID.json`. */
export const probeVariable = 'LABELLOOP_BENCH_PROBE';

export interface LoopReport {
  pid: number;
  /** Time of each entry in milliseconds since 1970, and the longest block since the one before. */
  blocks: [at: number, longestMs: number][];
}

const resolutionMs = 10;
const everyMs = 1_000;

function watch(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${process.pid}.json`);
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  const report: LoopReport = { pid: process.pid, blocks: [] };
  delays.enable();
  const write = () => {
    // The measured interval contains the timer's own period.
    const longest = Math.max(0, delays.max / 1e6 - resolutionMs);
    delays.reset();
    report.blocks.push([Date.now(), Number(longest.toFixed(1))]);
    writeFileSync(file, JSON.stringify(report));
  };
  setInterval(write, everyMs).unref();
  process.once('exit', write);
}

const folder = process.env[probeVariable];
if (folder && isMainThread) watch(folder);
