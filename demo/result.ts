import type { Work } from './annotator';
import { countDoubleAssignments, totalFaults, type EventVerdict } from './eventCheck';
import type { KnownImage } from './holdOut';
import { mean, percentile, rounded } from './measure';
import type { DemoOptions } from './options';
import type { CurvePoint } from './view';

export interface DemoResult {
  /** On the held-out images, after the last run. Null without a backbone. */
  accuracy: number | null;
  labels: number;
  runs: number;
  curve: CurvePoint[];
  secondsPerRun: number | null;
  publishedToClientsMsP95: number | null;
  imagesPerSecondEmbedded: number | null;
  exportZip: string | null;
  /** All faults of event delivery: missed, repeated, out of order, caused by nobody. */
  eventsMissed: number;
  doubleAssignments: number;
  /** Connections that broke and were resumed by cursor. One is broken on purpose. */
  reconnections: number;
  seed: number;
  annotators: number;
  classes: number;
  images: number;
  heldOut: number;
  /** Faults, in sentences. Empty if everything is correct. */
  faults: string[];
}

export interface Findings {
  options: DemoOptions;
  images: readonly KnownImage[];
  classes: number;
  work: Work;
  curve: readonly CurvePoint[];
  runs: readonly { seconds: number | null }[];
  delaysMs: readonly number[];
  reconnections: number;
  embeddedPerSecond: number | null;
  /** As the server counts them. */
  storedLabels: number;
  verdict: EventVerdict;
  zip: string | null;
  zipFaults: readonly string[];
}

export function resultOf(found: Findings): DemoResult {
  const { options, images, work, curve } = found;
  const eventsMissed = totalFaults(found.verdict);
  const imageIds = work.given.map(({ imageId }) => imageId);
  const doubleAssignments = countDoubleAssignments(work.held, imageIds);
  return {
    accuracy: rounded(curve.at(-1)?.[1] ?? null, 4),
    labels: work.pace.labels,
    runs: found.runs.length,
    curve: curve.map(([count, accuracy]) => [count, Number(accuracy.toFixed(4))]),
    secondsPerRun: rounded(mean(found.runs.flatMap((run) => run.seconds ?? [])), 3),
    publishedToClientsMsP95: percentile(found.delaysMs, 0.95),
    imagesPerSecondEmbedded: rounded(found.embeddedPerSecond, 1),
    exportZip: found.zip,
    eventsMissed,
    doubleAssignments,
    reconnections: found.reconnections,
    seed: options.seed,
    annotators: options.annotators,
    classes: found.classes,
    images: images.length,
    heldOut: images.filter((image) => image.heldOut).length,
    faults: faultsOf(found, eventsMissed, doubleAssignments),
  };
}

function faultsOf(found: Findings, eventsMissed: number, doubleAssignments: number): string[] {
  const { labels } = found.work.pace;
  const faults = found.zipFaults.slice(0, 10).map((fault) => `zip: ${fault}`);
  if (eventsMissed > 0) faults.push(`events: ${JSON.stringify(found.verdict)}`);
  if (doubleAssignments > 0) faults.push(`${doubleAssignments} images were assigned twice`);
  if (found.reconnections === 0)
    faults.push('no connection was broken, so resuming was not tested');
  if (found.storedLabels !== labels)
    faults.push(`${labels} labels were acknowledged, ${found.storedLabels} are stored`);
  return faults;
}
