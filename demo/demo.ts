import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { annotate, type Work } from './annotator';
import { Api } from './api';
import { describeEvent } from './describeEvent';
import { checkEvents, type EventVerdict } from './eventCheck';
import { checkExport, downloadExport } from './exportCheck';
import { holdOut, readFolder, type KnownImage } from './holdOut';
import { RateMeter } from './measure';
import * as operations from './operations';
import type { DemoOptions } from './options';
import { Pace } from './pace';
import { resultOf, type DemoResult } from './result';
import { RunWatch } from './runWatch';
import { drawSampleSet } from './sampleSet';
import { startServer } from './server';
import { Subscriber } from './subscriber';
import { uploadImages } from './upload';
import type { View } from './view';

const heldOutShare = 0.2;
const embedPatienceMs = 120_000;
const orderPatienceMs = 60_000;
const settleMs = 15_000;

/** Something to undo at the end, last first, in every case. */
export type Cleanup = (() => Promise<unknown>)[];

/** Runs the whole demo, from the upload of images to a checked zip. */
export async function runDemo(options: DemoOptions, view: View, cleanup: Cleanup) {
  const images = await prepareImages(options, view, cleanup);
  const url = options.url ?? (await embeddedServer(options, view, cleanup));
  return new Demo(options, view, cleanup, images, url).run();
}

async function prepareImages(options: DemoOptions, view: View, cleanup: Cleanup) {
  let folder = options.images;
  if (folder === undefined) {
    view.stage('Drawing a sample set');
    folder = await mkdtemp(join(tmpdir(), 'labelloop-samples-'));
    const drawn = folder;
    cleanup.push(() => rm(drawn, { recursive: true, force: true }));
    await drawSampleSet(folder, options.seed);
  }
  return holdOut(await readFolder(folder), heldOutShare, options.seed);
}

async function embeddedServer({ keep }: DemoOptions, view: View, cleanup: Cleanup) {
  view.stage('Starting the server');
  const server = await startServer(keep);
  cleanup.push(() => server.stop());
  return server.url;
}

class Demo {
  private readonly annotators: Api[] = [];
  private readonly subscribers: Subscriber[] = [];
  private readonly embedding = new RateMeter();
  private readonly truth: ReadonlyMap<string, string>;
  private dataset!: operations.CreatedDataset['dataset'];
  private watch!: RunWatch;
  private work!: Work;
  private streamFailure: Error | undefined;
  /** Number of images in the queue when it was last ordered. */
  private queued = 0;

  constructor(
    private readonly options: DemoOptions,
    private readonly view: View,
    private readonly cleanup: Cleanup,
    private readonly images: readonly KnownImage[],
    private readonly url: string,
  ) {
    this.truth = new Map(images.map((image) => [image.sha256, image.className]));
  }

  async run(): Promise<DemoResult> {
    await this.signIn();
    await this.prepare();
    await this.upload();
    await this.label();
    const verdict = await this.settleEvents();
    const { zip, faults } = await this.export();
    return this.result(verdict, zip, faults);
  }

  private get owner(): Api {
    const [first] = this.annotators;
    if (!first) throw new Error('nobody is signed in');
    return first;
  }

  private async signIn(): Promise<void> {
    for (let number = 1; number <= this.options.annotators; number++) {
      const name = `Annotator ${number} of seed ${this.options.seed}`;
      this.annotators.push(await Api.of(this.url).signIn(name));
    }
    const { capabilities } = await this.owner.query<operations.Capabilities>(
      operations.capabilitiesQuery,
    );
    for (const sentence of capabilities.missing) this.view.event(sentence);
  }

  private async prepare(): Promise<void> {
    const { seed, every } = this.options;
    const classNames = [...new Set(this.images.map((image) => image.className))];
    const created = await this.owner.mutate<operations.CreatedDataset>(
      'createDataset',
      operations.createDataset,
      {
        name: `Demo of seed ${seed}, ${new Date().toISOString()}`,
        classNames,
        autoRetrainAfter: every,
        seed: String(seed),
      },
    );
    this.dataset = created.dataset;
    if (!this.dataset.backbone)
      this.view.event('This server has no backbone: images are labelled, but no model learns.');
    const heldOut = this.images.filter((image) => image.heldOut);
    this.watch = new RunWatch(
      this.owner,
      this.dataset.id,
      new Map(heldOut.map((image) => [image.sha256, image.className])),
      this.view,
    );
    this.annotators.forEach((api, index) => this.subscribe(api, index === 0));
  }

  private subscribe(api: Api, isFirst: boolean): void {
    const { id, eventCursor } = this.dataset;
    const subscriber = new Subscriber(
      api,
      id,
      eventCursor,
      (event) => {
        this.watch.onEvent(event);
        if (isFirst) this.show(event);
      },
      (error) => {
        this.streamFailure ??= error;
        this.work?.pace.fail(error);
      },
    );
    this.subscribers.push(subscriber);
    this.cleanup.push(() => subscriber.stop());
    subscriber.start();
  }

  private show(event: operations.StreamedEvent): void {
    if (event.__typename === 'QueueOrdered') this.queued = event.count;
    if (event.__typename === 'ImagesEmbedded') this.sawEmbedded(event.counts.embedded);
    const line = describeEvent(event);
    if (line) this.view.event(line);
  }

  private sawEmbedded(count: number): void {
    this.embedding.saw(count, Date.now());
    this.view.progress('embedded', count, this.images.length);
  }

  private async upload(): Promise<void> {
    const count = this.images.length;
    this.view.stage(`Uploading ${count} images of ${this.dataset.classes.length} classes`);
    await uploadImages(this.owner, this.dataset.id, this.images, (done) =>
      this.view.progress('uploaded', done, count),
    );
    if (!this.dataset.backbone) return;
    await this.untilEmbedded(count);
    await this.untilOrdered();
  }

  /** Waits until the queue covers every embedded image, before annotators begin. */
  private async untilOrdered(): Promise<void> {
    const { length } = this.images.filter((image) => !image.heldOut);
    for (const end = Date.now() + orderPatienceMs; this.queued < length; await delay(50)) {
      if (Date.now() < end) continue;
      this.view.event(`the queue holds ${this.queued} of ${length} images; the demo continues`);
      return;
    }
  }

  private async untilEmbedded(count: number): Promise<void> {
    let embedded = 0;
    for (let movedAt = Date.now(); embedded < count; await delay(250)) {
      const counts = (await this.state()).counts;
      if (counts.embedded > embedded) movedAt = Date.now();
      embedded = counts.embedded;
      this.sawEmbedded(embedded);
      if (Date.now() - movedAt > embedPatienceMs)
        throw new Error(
          `Embedding stopped at ${embedded} of ${count} images (${counts.images} stored).`,
        );
    }
  }

  private async state() {
    const { dataset } = await this.owner.query<operations.DatasetState>(operations.datasetState, {
      id: this.dataset.id,
    });
    return dataset;
  }

  private async label(): Promise<void> {
    const { every } = this.options;
    const available = this.images.filter((image) => !image.heldOut).length;
    const budget = Math.min(this.options.budget, available);
    if (budget < this.options.budget)
      this.view.event(`only ${available} images can be labelled: the budget is ${available}`);
    const hasModel = this.dataset.backbone !== null;
    const pace = new Pace(budget, every, hasModel ? this.watch.published : async () => {});
    this.work = {
      datasetId: this.dataset.id,
      classIdBySha256: this.answers(),
      pace,
      held: [],
      given: [],
    };
    this.view.stage(`${this.annotators.length} annotators label ${budget} images`);
    const cutting = this.cutOneMidway(pace);
    await Promise.all(
      this.annotators.map((api, index) =>
        annotate(api, index, this.work).catch((error: Error) => {
          pace.fail(error);
          throw error;
        }),
      ),
    );
    await cutting;
    if (hasModel) await this.watch.finish(pace.labels);
  }

  private answers(): Map<string, string> {
    const ids = new Map(this.dataset.classes.map(({ id, name }) => [name, id]));
    const available = this.images.filter((image) => !image.heldOut);
    return new Map(available.map(({ sha256, className }) => [sha256, ids.get(className) ?? '']));
  }

  /** Breaks the last subscriber's connection in the middle of the work. It has to miss nothing. */
  private async cutOneMidway(pace: Pace): Promise<void> {
    while (pace.labels < pace.budget / 2 && !pace.failed) {
      this.view.progress('labels', pace.labels, pace.budget);
      await delay(20);
    }
    this.subscribers.at(-1)?.cut();
    while (pace.labels < pace.budget && !pace.failed) {
      this.view.progress('labels', pace.labels, pace.budget);
      await delay(50);
    }
    this.view.progress('labels', pace.labels, pace.budget);
  }

  /** Waits until every subscriber has all events, or for a limited time, and compares. */
  private async settleEvents(): Promise<EventVerdict> {
    const { dataset } = await this.owner.query<operations.Runs>(operations.runsQuery, {
      id: this.dataset.id,
    });
    const published = dataset.retrainRuns.nodes.filter((run) => run.status === 'PUBLISHED');
    const happened = new Set([
      ...this.work.given.map(({ labelId }) => `label:${labelId}`),
      ...published.map(({ id }) => `run:${id}`),
    ]);
    const logs = this.subscribers.map((subscriber) => subscriber.log);
    const complete = () => logs.every((log) => new Set(log).size >= happened.size);
    for (const end = Date.now() + settleMs; !complete() && Date.now() < end;) await delay(50);
    await delay(500); // time for a repeat to show
    if (this.streamFailure) throw this.streamFailure;
    return checkEvents(happened, logs);
  }

  private async export(): Promise<{ zip: string | null; faults: string[] }> {
    this.view.stage('Exporting and checking the zip');
    const folder = await mkdtemp(join(tmpdir(), 'labelloop-zip-'));
    const zip = join(folder, 'labels.zip');
    const isKept = this.options.json || this.options.keep;
    if (!isKept) this.cleanup.push(() => rm(folder, { recursive: true, force: true }));
    await downloadExport(this.owner, this.dataset.id, zip);
    const labelled = new Map(
      this.work.given.map(({ sha256 }) => [sha256, this.truth.get(sha256) ?? '']),
    );
    const faults = await checkExport(zip, labelled);
    return { zip: isKept ? zip : null, faults };
  }

  private async result(verdict: EventVerdict, zip: string | null, zipFaults: string[]) {
    const { dataset } = await this.owner.query<operations.Runs>(operations.runsQuery, {
      id: this.dataset.id,
    });
    return resultOf({
      options: this.options,
      images: this.images,
      classes: this.dataset.classes.length,
      work: this.work,
      curve: this.watch.curve,
      runs: dataset.retrainRuns.nodes.filter((run) => run.status === 'PUBLISHED'),
      delaysMs: this.subscribers.flatMap((subscriber) => subscriber.delaysMs),
      reconnections: this.subscribers.reduce((sum, one) => sum + one.reconnections, 0),
      embeddedPerSecond: this.embedding.perSecond(),
      storedLabels: (await this.state()).counts.labels,
      verdict,
      zip,
      zipFaults,
    });
  }
}
