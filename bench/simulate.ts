import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { normaliseFeatures } from '../models/numeric';
import { simulateAnnotators } from './annotators';
import { loadFolder } from './imageFolder';
import { loadMaterial, MissingMaterial } from './material';
import { drawLines, writePlot } from './plot';
import { openTrial, schedule, simulate, strategyNames, type Point } from './simulation';
import { meanCurve, report } from './simulationReport';

export const simulateUsage =
  'npm run bench -- simulate [--images DIR] [--strategy a,b] [--seeds N or a,b,c] [--budget N] [--batch N] [--noise SHARE [--annotators N]] [--out DIR] [--json]';
const defaultBudget = 1300;

interface Options {
  images: string | undefined;
  names: string[];
  seeds: number[];
  budget: number | undefined;
  batch: number;
  /** Mean share of wrong answers per person. */
  noise: number;
  annotators: number;
  out: string;
  quiet: boolean;
}

function wholeNumber(what: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new MissingMaterial(`--${what} takes a whole number from 1 up, not ${text}`);
  return value;
}

function seedsOf(text: string): number[] {
  if (text.includes(',')) return text.split(',').map((part) => wholeNumber('seeds', part) ?? 1);
  return Array.from({ length: wholeNumber('seeds', text) ?? 5 }, (_, at) => at + 1);
}

/** @throws MissingMaterial with a message that names the wrong option */
export function readSimulateOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const parse = () =>
    parseArgs({
      args: [...args],
      options: {
        ...{ images: text, strategy: text, seeds: text, budget: text, batch: text },
        ...{ noise: text, annotators: text, out: text, json: { type: 'boolean' } as const },
      },
    }).values;
  let values: ReturnType<typeof parse>;
  try {
    values = parse();
  } catch (error) {
    throw new MissingMaterial(`${(error as Error).message}\n${simulateUsage}`);
  }
  const names = [...new Set((values.strategy ?? 'random,margin,default').split(','))];
  const unknown = names.find((name) => !strategyNames.includes(name));
  if (unknown !== undefined)
    throw new MissingMaterial(
      `There is no strategy ${unknown}; there are: ${strategyNames.join(', ')}`,
    );
  const noise = Number(values.noise ?? 0);
  if (!(noise >= 0 && noise < 1))
    throw new MissingMaterial(`--noise takes a share from 0 to under 1, not ${values.noise}`);
  return {
    images: values.images,
    names,
    seeds: seedsOf(values.seeds ?? '5'),
    budget: wholeNumber('budget', values.budget),
    batch: wholeNumber('batch', values.batch) ?? 20,
    noise,
    annotators: wholeNumber('annotators', values.annotators) ?? 5,
    out: values.out ?? join(tmpdir(), 'labelloop-bench', 'simulate'),
    quiet: values.json ?? false,
  };
}

/**
 * Error rates from half to one and a half of the mean, evenly distributed, because people differ.
 */
function ratesOf({ noise, annotators }: Pick<Options, 'noise' | 'annotators'>): number[] {
  return Array.from({ length: annotators }, (_, who) =>
    annotators > 1 ? noise * (0.5 + who / (annotators - 1)) : noise,
  );
}

function printCurve(name: string, runs: readonly Point[][]): void {
  const places = meanCurve(runs).map(
    ({ labels, accuracy, meanPerClass, classesSeen }) =>
      `${labels}: ${accuracy.toFixed(3)} (per class ${meanPerClass.toFixed(3)}, ${classesSeen.toFixed(0)} seen)`,
  );
  console.log(`${name}\n  ${places.join('\n  ')}`);
}

/** Computes learning curves of strategies on a folder of class folders, averaged over seeds. */
export async function benchSimulate(args: readonly string[]): Promise<Record<string, unknown>> {
  const { images, names, seeds, batch, out, quiet, budget, ...noisy } = readSimulateOptions(args);
  const material = images ? await loadFolder(images) : await loadMaterial(1);
  normaliseFeatures(material.features, material.dimensions, material.features);
  const start = performance.now();
  const runs: Record<string, Point[][]> = Object.fromEntries(names.map((name) => [name, []]));
  let points: number[] = [];
  for (const seed of seeds) {
    const trial = openTrial(material, seed);
    const people = noisy.noise > 0 ? simulateAnnotators(material, ratesOf(noisy), seed) : [];
    const most = trial.pool.rows;
    points = schedule(
      Math.min(most, budget ?? Math.min(defaultBudget, Math.ceil(most / 2))),
      batch,
    );
    for (const name of names) runs[name]!.push(await simulate(trial, name, { points, people }));
    if (!quiet) console.log(`seed ${seed} done after ${seconds(start).toFixed(0)} s`);
  }
  const entries = names.map(
    (name) => [name, report(runs[name]!, runs['random'], runs['margin'])] as const,
  );
  if (!quiet) names.forEach((name) => printCurve(name, runs[name]!));
  const lines = entries.map(([name, { curve }]) => ({
    name,
    points: curve.map(({ labels, accuracy }) => [labels, accuracy] as const),
  }));
  const title = `Test accuracy by labels: ${material.classes} classes, ${material.rows} images`;
  await writePlot(out, 'learning-curves', drawLines(title, lines));
  if (!quiet) console.log(`Plots: ${join(out, 'learning-curves.svg')} and .png`);
  return {
    bench: 'simulate',
    material: material.name,
    images: material.rows,
    classes: material.classes,
    seeds,
    batch,
    schedule: points,
    ...noisy,
    split:
      'a stratified fifth of every class is the test set; its images are in no graph and no fit',
    head: "the product's, for every strategy",
    plots: out,
    strategies: Object.fromEntries(entries),
    seconds: seconds(start),
  };
}

const seconds = (start: number): number => (performance.now() - start) / 1000;
