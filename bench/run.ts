import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from '../demo/measure';
import { leaseTasks, startRetrainRun, type LeasedTask } from '../demo/operations';
import type { Api } from '../demo/api';
import { median } from './head';
import { photoFolder } from './material';
import { openProject, type Project } from './project';

const seed = 1;
const clients = 8;
const labelsWanted = 1_300;
const roundsWanted = 20;
const labelsPerRound = 20;
/** Labels between two runs while the first labels are collected. */
const firstSteps = 130;

const recordLabels = `mutation ($input: RecordLabelsInput!) {
  recordLabels(input: $input) { results { error { message } } error { __typename message } }
}`;

/** Gives correct labels to the first images of the queue. */
async function label({ people, datasetId, truth }: Project, count: number): Promise<void> {
  const [owner] = people as [Api];
  for (let left = count; left > 0;) {
    const { tasks } = await owner.mutate<{ tasks: LeasedTask[] }>('leaseTasks', leaseTasks, {
      datasetId,
      lane: 'HARD',
      count: Math.min(left, 100),
    });
    if (tasks.length === 0) throw new Error('The queue is empty');
    const labels = tasks.map(({ image, leaseToken }) => ({
      imageId: image.id,
      classId: truth.get(image.sha256)!.id,
      leaseToken,
      clientMutationId: randomUUID(),
    }));
    await owner.mutate('recordLabels', recordLabels, { labels });
    left -= tasks.length;
  }
}

/** Starts a run and measures the seconds from the call to its event at each client. */
async function timeRun(project: Project, arrivals: Map<string, number[]>): Promise<number[]> {
  const start = performance.now();
  const [owner] = project.people as [Api];
  const { run } = await owner.mutate<{ run: { id: string } }>('startRetrainRun', startRetrainRun, {
    datasetId: project.datasetId,
  });
  const arrived = () => arrivals.get(run.id) ?? [];
  while (arrived().length < clients) await delay(5);
  return arrived().map((at) => (at - start) / 1000);
}

/**
 * Measures how long a run takes from its start to the event at every client, acquisition included.
 */
export async function benchRun(): Promise<Record<string, unknown>> {
  const project = await openProject(photoFolder, { people: clients, autoRetrainAfter: 0, seed });
  try {
    const arrivals = new Map<string, number[]>();
    project.onEvent((_, event) => {
      if (event.__typename !== 'RunPublished' && event.__typename !== 'RunEnded') return;
      if (event.__typename === 'RunEnded') throw new Error(`Run failed: ${event.run.failure}`);
      const { id } = event.run;
      arrivals.set(id, [...(arrivals.get(id) ?? []), performance.now()]);
    });
    // A small folder gets half of its labels first, and rounds until a tenth is left.
    const { length } = project.images;
    const labelsBefore = Math.min(labelsWanted, Math.floor(length / 2 / firstSteps) * firstSteps);
    const rounds = Math.min(
      roundsWanted,
      Math.floor((0.9 * length - labelsBefore) / labelsPerRound),
    );
    for (let labels = 0; labels < labelsBefore; labels += firstSteps) {
      await label(project, firstSteps);
      await timeRun(project, arrivals);
    }
    const seconds: number[][] = [];
    for (let round = 0; round < rounds; round++) {
      await label(project, labelsPerRound);
      seconds.push(await timeRun(project, arrivals));
      console.log(`round ${round + 1}: ${Math.max(...seconds.at(-1)!).toFixed(2)} s`);
    }
    const all = seconds.flat();
    return {
      bench: 'run',
      seed,
      images: project.images.length,
      classes: project.classes.length,
      labels: [labelsBefore, labelsBefore + rounds * labelsPerRound],
      clients,
      runs: rounds,
      secondsMedian: median(all),
      secondsP95: percentile(all, 0.95),
      secondsWorst: Math.max(...all),
      phaseSeconds: await phases(project, rounds),
    };
  } finally {
    await project.close();
  }
}

/** Returns the median seconds of each phase over the measured runs. */
async function phases(
  { people, datasetId }: Project,
  rounds: number,
): Promise<Record<string, number>> {
  const { dataset } = await people[0]!.query<{
    dataset: {
      retrainRuns: {
        nodes: { metrics: { phaseSeconds: { phase: string; seconds: number }[] } | null }[];
      };
    };
  }>(
    `query ($id: ID!, $first: Int!) { dataset(id: $id) { retrainRuns(first: $first) {
       nodes { metrics { phaseSeconds { phase seconds } } } } } }`,
    { id: datasetId, first: rounds },
  );
  const all = dataset.retrainRuns.nodes.flatMap(({ metrics }) => metrics?.phaseSeconds ?? []);
  const names = [...new Set(all.map(({ phase }) => phase))];
  return Object.fromEntries(
    names.map((name) => [
      name,
      median(all.filter(({ phase }) => phase === name).map(({ seconds }) => seconds)),
    ]),
  );
}
