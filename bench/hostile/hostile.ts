import { setTimeout as delay } from 'node:timers/promises';
import { Attackers } from './attackers';
import { allowed, failuresOf, rowsOf, slowestOf, type Failure } from './evaluate';
import { Labellers, percentile } from './labellers';
import { longestBlock } from './loopReports';
import { readHostileOptions } from './options';
import { openScene, type Scene } from './scene';
import { ServerWatch } from './serverWatch';

const idleMs = 4_000;
const warmUpMs = 3_000;
const quietMs = 20_000;
const maxAttackMs = 15 * 60_000;
const failuresShown = 50;

interface Period {
  from: number;
  to: number;
}

interface Measured {
  idleMiB: number;
  attack: Period;
  isComplete: boolean;
}

/** Attacks, and waits for the end: all is sent, the server is down, or the time is over. */
async function attack(attackers: Attackers, watch: ServerWatch): Promise<boolean> {
  let state: 'done' | 'ended' | undefined;
  void attackers.start().then((found) => (state = found));
  for (const end = Date.now() + maxAttackMs; Date.now() < end; await delay(100))
    if (state || watch.downBecause) break;
  // An exit is seen by its event, which may come a moment after the last answer.
  await delay(500);
  return state === 'done' && !watch.downBecause;
}

async function measure(watch: ServerWatch, people: Labellers, attackers: Attackers) {
  watch.start();
  await delay(idleMs);
  const idleMiB = percentile(watch.memoryMiB, 0.5);
  people.start();
  await delay(warmUpMs);
  people.phase = 'quiet';
  await delay(quietMs);
  people.phase = 'attack';
  const from = Date.now();
  watch.memoryMiB.length = 0;
  const isComplete = await attack(attackers, watch);
  const measured: Measured = { idleMiB, attack: { from, to: Date.now() }, isComplete };
  return measured;
}

const overAll = (what: string, ms: number | null = null): Failure => ({ family: 'all', what, ms });

/** Failures that belong to no single payload. */
function overallFailures(
  watch: ServerWatch,
  people: Labellers,
  { streamFailures }: Scene,
  figures: { peak: number; block: number; ratio: number; isComplete: boolean },
): Failure[] {
  const failures: Failure[] = [];
  if (watch.downBecause) failures.push(overAll(watch.downBecause.slice(-600)));
  else if (!figures.isComplete) failures.push(overAll('not everything was sent'));
  if (watch.restarts > 0)
    failures.push(overAll(`the worker was restarted ${watch.restarts} times`));
  if (figures.peak > allowed.memoryMiB)
    failures.push(overAll(`${figures.peak.toFixed(0)} MiB above idle`));
  if (figures.block > allowed.blockMs)
    failures.push(overAll('the event loop of the API was blocked', figures.block));
  if (figures.ratio > allowed.labelRatio)
    failures.push(overAll(`people waited ${figures.ratio.toFixed(1)} times as long for a label`));
  for (const what of [...new Set(people.failures)])
    failures.push({ family: 'labels', what, ms: null });
  for (const what of streamFailures) failures.push({ family: 'events', what, ms: null });
  return failures;
}

const rounded = (value: number) => Math.round(value * 10) / 10;

function figuresOf(
  measured: Measured,
  parts: {
    scene: Scene;
    watch: ServerWatch;
    people: Labellers;
    attackers: Attackers;
    block: number;
  },
) {
  const { watch, people, attackers, scene, block } = parts;
  const { results } = attackers;
  const quiet = percentile(people.latencies.quiet, 0.99);
  const attacked = percentile(people.latencies.attack, 0.99);
  const ratio = quiet > 0 ? attacked / quiet : 0;
  const peak = Math.max(0, ...watch.memoryMiB.map((one) => one - measured.idleMiB));
  const overall = { peak, block, ratio, isComplete: measured.isComplete };
  const failures = [...overallFailures(watch, people, scene, overall), ...failuresOf(results)];
  return {
    queries: results.filter(({ kind }) => kind === 'query').length,
    files: results.filter(({ kind }) => kind === 'file').length,
    crashes: watch.downBecause ? 1 : 0,
    restarts: watch.restarts,
    idleMemoryMiB: rounded(measured.idleMiB),
    peakMemoryMiBAboveIdle: rounded(peak),
    longestBlockMs: rounded(block),
    labels: { quiet: people.latencies.quiet.length, attack: people.latencies.attack.length },
    labelP50QuietMs: rounded(percentile(people.latencies.quiet, 0.5)),
    labelP50Ms: rounded(percentile(people.latencies.attack, 0.5)),
    labelP99QuietMs: rounded(quiet),
    labelP99Ms: rounded(attacked),
    labelP99Ratio: rounded(ratio),
    ...slowestOf(results),
    attackSeconds: rounded((measured.attack.to - measured.attack.from) / 1_000),
    failureCount: failures.length,
    failures: failures.slice(0, failuresShown),
  };
}

/**
 * Sends hostile queries and files to a real server while five people label, and measures whether
 * they notice. The limits are in `evaluate.ts`; how the server keeps them does not matter here.
 */
export async function benchHostile(args: readonly string[]): Promise<Record<string, unknown>> {
  const choice = readHostileOptions(args);
  console.log(`Seed ${choice.seed}`);
  const scene = await openScene(choice.seed);
  const { server, target, attacker, probeFolder } = scene;
  const watch = new ServerWatch(server);
  const people = new Labellers(scene.people, target.imageIds, target.classIds, choice.seed);
  let attackers: Attackers | undefined;
  try {
    const prepared = await Attackers.prepare({ ...choice, ...attacker, target });
    attackers = prepared.attackers;
    console.log(
      `Built ${prepared.planned}. The attack follows a quiet phase of ${quietMs / 1_000} s.`,
    );
    const measured = await measure(watch, people, attackers);
    const block = await longestBlock(probeFolder, server.pid, measured.attack);
    console.table(rowsOf(attackers.results));
    const figures = figuresOf(measured, { scene, watch, people, attackers, block });
    return { bench: 'hostile', seed: choice.seed, ...figures };
  } finally {
    attackers?.stop();
    await watch.stop();
    await Promise.all([people.stop(), scene.close()]);
    if (watch.downBecause) await watch.endLeftOvers();
  }
}
