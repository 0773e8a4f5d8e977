import type { EntityManager } from 'typeorm';
import { Lane } from '../../../shared/enums';
import type { EventRecorder } from '../events/event.ports';
import type { EntryLane, LaneEntry, LaneRepository } from './lane.repository';

const entryLanes: readonly EntryLane[] = [Lane.REVIEW, Lane.AUDIT];

const rowsPerInsert = 20_000;

/**
 * Manages the lanes audit and review. Their images are leased and answered like every other task.
 */
export class LaneService {
  constructor(
    private readonly lanes: LaneRepository,
    private readonly events: EventRecorder,
  ) {}

  /**
   * Adds images at the end of the lane, in this order. An image that waits already keeps its place.
   */
  async put(
    manager: EntityManager,
    datasetId: string,
    lane: EntryLane,
    entries: readonly LaneEntry[],
  ): Promise<void> {
    for (let start = 0; start < entries.length; start += rowsPerInsert) {
      const part = entries.slice(start, start + rowsPerInsert);
      await this.lanes.add(manager, datasetId, lane, part);
    }
    if (entries.length > 0) await this.announce(manager, datasetId, lane);
  }

  /** Removes waiting images from the lane. Answered ones stay on record. */
  async withdraw(
    manager: EntityManager,
    datasetId: string,
    lane: EntryLane,
    imageIds: readonly string[],
  ): Promise<void> {
    const removed = await this.lanes.remove(manager, datasetId, lane, imageIds);
    if (removed > 0) await this.announce(manager, datasetId, lane);
  }

  /** Settles every entry of the image, in the transaction of the answer. */
  async settle(manager: EntityManager, imageId: string, labelId: string): Promise<void> {
    await this.lanes.markAnswered(manager, imageId, labelId);
  }

  /** Reopens the entries that an undone answer had settled. */
  async reopen(manager: EntityManager, labelId: string): Promise<void> {
    await this.lanes.markUnanswered(manager, labelId);
  }

  /** Counts waiting images per lane, by dataset. */
  readonly counts = async (
    datasetIds: readonly string[],
  ): Promise<Map<string, { lane: EntryLane; waiting: number }[]>> => {
    const rows = await this.lanes.waiting(datasetIds);
    const waitingIn = (id: string, lane: EntryLane) =>
      rows.find((row) => row.datasetId === id && row.lane === lane)?.waiting ?? 0;
    return new Map(
      datasetIds.map((id) => [
        id,
        entryLanes.map((lane) => ({ lane, waiting: waitingIn(id, lane) })),
      ]),
    );
  };

  private announce(manager: EntityManager, datasetId: string, lane: EntryLane): Promise<void> {
    return this.events.record(manager, { datasetId, type: 'lane.changed', payload: { lane } });
  }
}
