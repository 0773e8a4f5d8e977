import type { EntityManager } from 'typeorm';
import type { QueueReason } from '../../../shared/enums';
import type { Hidden } from '../../domain/blind';
import { toPage, type Page, type PageRequest } from '../../domain/page';
import { groupedBy } from '../../domain/groupedBy';
import type { User } from '../auth/auth.ports';
import type { AuthService } from '../auth/auth.service';
import type { Dataset, DatasetWriter } from '../datasets/dataset.ports';
import type { EventRecorder } from '../events/event.ports';
import type { QueueEntry, QueueRepository, StagedEntry } from './queue.repository';

/**
 * Manages the order of the queue. A new order is written in the background and becomes current at
 * once.
 */
export class QueueService {
  constructor(
    private readonly queue: QueueRepository,
    private readonly datasets: DatasetWriter,
    private readonly auth: AuthService,
    private readonly events: EventRecorder,
  ) {}

  /**
   * Lists the next images, most informative first. Leased ones stay in the list, except those whose
   * prediction is hidden: the place of an image tells how sure the model is.
   */
  async page(dataset: Dataset, request: PageRequest, hidden: Hidden): Promise<Page<QueueEntry>> {
    const after = request.after ? Number(request.after[0]) : -1;
    const without = [...hidden.predictions];
    const rows = await this.queue.findEntries(dataset, after, request.first + 1, without);
    return toPage(rows, request.first, (row) => [row.position]);
  }

  /** Writes an order that nobody sees yet. @returns its id */
  stage(datasetId: string, runId: string | null, entries: readonly StagedEntry[]): Promise<string> {
    return this.queue.insertOrdering(datasetId, runId, entries);
  }

  /** Makes a staged order current, in the caller's transaction. */
  async activate(
    manager: EntityManager,
    datasetId: string,
    orderingId: string,
    count: number,
  ): Promise<void> {
    await this.datasets.setCurrentOrdering(manager, datasetId, orderingId);
    await this.events.record(manager, { datasetId, type: 'queue.ordered', payload: { count } });
  }

  /** Deletes orders that are not current. */
  pruneSuperseded(datasetId: string): Promise<void> {
    return this.queue.deleteSuperseded(datasetId);
  }

  /**
   * Returns the reasons of live tasks of the lane HARD, by lease token. Blind tasks have none,
   * because it would reveal the prediction. A second opinion shows the reason of another entry, so
   * that gold images cannot be recognised.
   */
  readonly reasonsOf = (tokens: readonly string[]): Promise<Map<string, QueueReason>> =>
    this.queue.reasons(tokens);

  /** The people who hold a live lease, by image. */
  readonly leasedBy = async (imageIds: readonly string[]): Promise<Map<string, User[]>> => {
    const rows = await this.queue.findHolders(imageIds);
    const people = await this.auth.usersById(rows.map(({ userId }) => userId));
    const byImage = groupedBy(imageIds, rows, ({ imageId }) => imageId);
    return new Map(
      imageIds.map((id) => {
        const holders = new Set(byImage.get(id)?.map(({ userId }) => userId));
        return [id, [...people.values()].filter((person) => holders.has(person.id))];
      }),
    );
  };
}
