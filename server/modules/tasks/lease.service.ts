import { validate as isUuid } from 'uuid';
import type { DataSource, EntityManager } from 'typeorm';
import { randomInt } from 'node:crypto';
import { Lane, OverlapMode } from '../../../shared/enums';
import type { NextGrid } from '../../../shared/gridCost';
import { limits } from '../../../shared/limits';
import type { Viewer } from '../../domain/viewer';
import { InvalidInputError, InvalidStateError, LimitExceededError } from '../../domain/errors';
import { TurnQueue } from '../../limits/turnQueue';
import { requireViewer } from '../auth/auth.service';
import type { Dataset } from '../datasets/dataset.ports';
import type { DatasetService } from '../datasets/dataset.service';
import type { Image, ImageRows } from '../images/image.ports';
import type { LeaseTasksInput } from './task.input';
import type { CandidateQuery, LeaseRepository } from './lease.repository';
import type { Lease } from './lease.entity';
import type { SkipRepository } from './skip.repository';

export interface ConsumedLease {
  /** Whether the lease was live at the moment of the answer. */
  live: boolean;
  lane: Lane | null;
  /** Whether the person answered without seeing a prediction. */
  blind: boolean;
  /** Whether it was a second opinion: somebody else had already answered. */
  again: boolean;
}

/** Maximum share of second opinions and gold images among single-image tasks. */
const secondShare = 0.5;
const goldShare = 0.05;

/** Draws how many of `count` tasks fall into a share. */
const drawCount = (count: number, share: number): number =>
  Array.from({ length: count }).filter(() => randomInt(1_000_000) < share * 1_000_000).length;

export interface LeaseServiceParts {
  dataSource: DataSource;
  datasets: DatasetService;
  images: ImageRows;
  leases: LeaseRepository;
  skips: SkipRepository;
  leaseSeconds: number;
  /** Live leases of one person and dataset. */
  maxLeases: number;
}

/**
 * Leases tasks, so that two people do not get the same one. The database's clock decides when a
 * lease ends.
 */
export class LeaseService {
  private readonly turns = TurnQueue.oneByOne();

  constructor(private readonly parts: LeaseServiceParts) {}

  /** @throws InvalidInputError, LimitExceededError for a person who holds too many */
  async lease(viewer: Viewer | null, input: LeaseTasksInput): Promise<Lease[]> {
    const { viewer: person, dataset } = await this.parts.datasets.open(
      viewer,
      input.datasetId,
      'label',
    );
    // One call of a person at a time, because calls at once would not see each other's leases.
    return this.turns.run(`${dataset.id} ${person.id}`, async () => {
      const leases = await this.takeFor(person, dataset, input);
      // An empty list means that nothing is left, so it must not mean anything else.
      if (leases.length === 0) await this.refuseFull(person, dataset);
      return leases;
    });
  }

  private async takeFor(
    person: Viewer,
    dataset: Dataset,
    input: LeaseTasksInput,
  ): Promise<Lease[]> {
    if (input.count < 1) throw new InvalidInputError('count', 'Request at least 1 task.');
    if (input.count > limits.maxTasksPerCall)
      throw new LimitExceededError('tasks in one call', limits.maxTasksPerCall, input.count);
    if (input.lane === Lane.AUDIT || input.lane === Lane.REVIEW)
      return this.take(
        { dataset, userId: person.id, lane: input.lane, source: 'lane' },
        input.count,
      );
    const { classId } = input;
    if (input.lane === Lane.HARD) return this.takeMixed(dataset, person.id, input.count);
    if (!dataset.currentRunId) return [];
    const confirmed = classId ?? (await this.parts.leases.cheapestToConfirm(dataset, person.id));
    if (!confirmed) return [];
    const query = {
      dataset,
      userId: person.id,
      lane: Lane.CONFIRM,
      source: 'confirm',
      classId: confirmed,
    } as const;
    return this.take(query, input.count);
  }

  private async refuseFull({ id: userId }: Viewer, dataset: Dataset): Promise<void> {
    const { leases, maxLeases } = this.parts;
    if (!(await leases.isFull({ dataset, userId }))) return;
    throw new LimitExceededError(
      'tasks at once',
      maxLeases,
      maxLeases,
      `You hold ${maxLeases} tasks of this dataset or more, which is the limit. Answer them, or ` +
        'return them with releaseTasks.',
    );
  }

  async renew(viewer: Viewer | null, tokens: readonly string[]): Promise<Lease[]> {
    return this.parts.leases.renew(
      requireViewer(viewer).id,
      checkedTokens(tokens),
      this.parts.leaseSeconds,
    );
  }

  async release(viewer: Viewer | null, tokens: readonly string[]): Promise<number> {
    return this.parts.leases.release(requireViewer(viewer).id, checkedTokens(tokens));
  }

  /**
   * In the confirm lane this rejects the class: the image leaves the grid for everybody and becomes
   * a single-image task.
   */
  async skip(viewer: Viewer | null, token: string): Promise<Image> {
    const person = requireViewer(viewer);
    const [checked = ''] = checkedTokens([token]);
    const { dataSource, leases, skips, images } = this.parts;
    return dataSource.transaction(async (manager) => {
      const lease = await leases.findHeld(manager, person.id, checked);
      if (!lease)
        throw new InvalidStateError(
          'This lease has ended, so there is nothing to skip. Lease new tasks.',
        );
      const { imageId, classId } = lease;
      const userId = person.id;
      if (classId) await skips.reject(manager, { imageId, classId, userId });
      else await skips.skip(manager, { imageId, userId });
      await leases.end(manager, lease.token);
      return images.get(manager, imageId);
    });
  }

  /** Ends a person's lease on an image because they answered. */
  async consume(
    manager: EntityManager,
    imageId: string,
    userId: string,
    token: string | null,
  ): Promise<ConsumedLease> {
    const rows = await this.parts.leases.endAll(manager, imageId, userId);
    const lease = rows.find((row) => row.token === token);
    return {
      live: lease?.live ?? false,
      lane: lease?.lane ?? null,
      blind: lease?.blind ?? false,
      again: lease?.again ?? false,
    };
  }

  /** Leases new images mixed with second opinions and gold images, if the dataset has any. */
  private async takeMixed(dataset: Dataset, userId: string, count: number): Promise<Lease[]> {
    const query = { dataset, userId, lane: Lane.HARD } as const;
    const golds = await this.take({ ...query, source: 'gold' }, drawCount(count, goldShare));
    const needsMore = dataset.overlapMode !== OverlapMode.NONE;
    const wanted = needsMore ? drawCount(count - golds.length, secondShare) : 0;
    const mixed = [...golds, ...(await this.take({ ...query, source: 'again' }, wanted))];
    const fresh = await this.take({ ...query, source: 'queue' }, count - mixed.length);
    const missing = needsMore ? count - mixed.length - fresh.length : 0;
    const late = await this.take({ ...query, source: 'again' }, missing);
    // At random places, so that nobody recognises a gold image by its place.
    for (const lease of mixed) fresh.splice(randomInt(fresh.length + 1), 0, lease);
    return [...fresh, ...late];
  }

  /** Returns the next grid by class, without classes that have nothing to confirm. */
  readonly nextGrids = (classIds: readonly string[]): Promise<Map<string, NextGrid>> =>
    this.parts.leases.nextGrids(classIds);

  /** Leases from the queue, and then from other unlabelled images. */
  private async take(query: CandidateQuery, count: number): Promise<Lease[]> {
    const taken: Lease[] = [];
    const sources: CandidateQuery[] =
      query.source === 'queue' ? [query, { ...query, source: 'unlabelled' }] : [query];
    for (const source of sources) {
      while (taken.length < count) {
        const wanted = count - taken.length;
        const { leases, candidates } = await this.parts.leases.take(
          source,
          wanted,
          this.parts.leaseSeconds,
        );
        taken.push(...leases);
        // Fewer candidates than needed mean that this source is empty. Otherwise somebody was
        // faster.
        if (candidates < wanted) break;
      }
    }
    return taken;
  }
}

function checkedTokens(tokens: readonly string[]): string[] {
  if (tokens.length > limits.maxTasksPerCall)
    throw new LimitExceededError('leases in one call', limits.maxTasksPerCall, tokens.length);
  if (!tokens.every((token) => isUuid(token)))
    throw new InvalidInputError(
      'leaseToken',
      'This is not a lease token. Send the one of the task.',
    );
  return [...tokens];
}
