import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from './api';
import {
  datasetState,
  heldOutPage,
  startRetrainRun,
  type DatasetState,
  type HeldOutPage,
  type PublishedRun,
  type StreamedEvent,
} from './operations';
import type { CurvePoint, View } from './view';

const pollMs = 250;
/** A run that has not started after this time will not start. */
const idleMs = 15_000;

/**
 * Follows the runs through the event streams, and measures every published model on the held-out
 * images.
 */
export class RunWatch {
  readonly curve: CurvePoint[] = [];
  private readonly seen = new Set<string>();
  private measuring: Promise<void> = Promise.resolve();
  private measuredLabels = 0;
  private failure: Error | undefined;

  constructor(
    private readonly api: Api,
    private readonly datasetId: string,
    private readonly truthOfHeldOut: ReadonlyMap<string, string>,
    private readonly view: View,
  ) {}

  /** Takes an event from any subscriber. The first to receive it counts. */
  readonly onEvent = (event: StreamedEvent): void => {
    if (event.__typename !== 'RunPublished' && event.__typename !== 'RunEnded') return;
    if (this.seen.has(event.run.id)) return;
    this.seen.add(event.run.id);
    if (event.__typename === 'RunEnded')
      this.failure = new Error(
        `Run ${event.run.number} ended as ${event.run.status}: ${event.run.failure ?? 'no reason given'}`,
      );
    else this.measuring = this.measuring.then(() => this.measure(event.run));
    this.measuring.catch((error: Error) => (this.failure ??= error));
  };

  /**
   * Resolves when a model fitted on this many labels is published and measured. Reports if none
   * comes.
   */
  readonly published = async (labels: number): Promise<void> => {
    for (let idleSince = Date.now(); this.measuredLabels < labels; await delay(pollMs)) {
      if (this.failure) throw this.failure;
      const { dataset } = await this.api.query<DatasetState>(datasetState, { id: this.datasetId });
      if (dataset.activeRun) idleSince = Date.now();
      if (Date.now() - idleSince < idleMs) continue;
      this.view.event(`no run started by itself after ${labels} labels; the demo continues`);
      return;
    }
  };

  /** Starts a last run if there are labels that no run has used. */
  async finish(labels: number): Promise<void> {
    if (this.measuredLabels >= labels) return;
    await this.api.mutate('startRetrainRun', startRetrainRun, { datasetId: this.datasetId });
    await this.published(labels);
    if (this.measuredLabels < labels) throw new Error('The last run was never published.');
  }

  private async measure(run: PublishedRun): Promise<void> {
    let right = 0;
    for await (const image of this.heldOutImages()) {
      if (image.consensus) throw new Error('A held-out image was labelled.');
      if (image.prediction?.run.id !== run.id) continue;
      if (this.truthOfHeldOut.get(image.sha256) === image.prediction.class.name) right++;
    }
    const labels = run.labelCount ?? 0;
    const point: CurvePoint = [labels, right / this.truthOfHeldOut.size];
    this.curve.push(point);
    this.view.point(point);
    this.measuredLabels = Math.max(this.measuredLabels, labels);
  }

  private async *heldOutImages() {
    for (let after: string | null = null; ;) {
      const page: HeldOutPage = await this.api.query(heldOutPage, { id: this.datasetId, after });
      const { nodes, pageInfo } = page.dataset.images;
      yield* nodes;
      if (!pageInfo.hasNextPage) return;
      after = pageInfo.endCursor;
    }
  }
}
