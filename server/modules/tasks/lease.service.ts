import { validate as isUuid } from 'uuid';
import type { DataSource, EntityManager } from 'typeorm';
import { randomInt } from 'node:crypto';
import { Lane, OverlapMode } from '../../../shared/enums';
import type { NextGrid } from '../../../shared/gridCost';
import { limits } from '../../../shared/limits';
import type { Viewer } from '../../domain/viewer';
import { InvalidInputError, InvalidStateError, LimitExceededError } from '../../domain/errors';
import { requireViewer } from '../auth/auth.service';
import type { Dataset } from '../datasets/dataset.ports';
import type { DatasetService } from '../datasets/dataset.service';
import { Image } from '../images/image.entity';
import type { LeaseTasksInput } from './task.input';
import type { CandidateQuery, LeaseRepository } from './lease.repository';
import { Lease } from './lease.entity';

export interface ConsumedLease {
  /** The answer came with the lease that was live at that moment. */
  live: boolean;
  lane: Lane | null;
  /** The person answered without seeing a prediction. */
  blind: boolean;
  /** Somebody else had answered already, and a further answer was wanted. */
  again: boolean;
}

/** Of the tasks asked one by one, while there are any: second opinions, and gold images. */
const secondShare = 0.5;
const goldShare = 0.05;

/** How many of `count` draws hit a share. */
const drawCount = (count: number, share: number): number =>
  Array.from({ length: count }).filter(() => randomInt(1_000_000) < share * 1_000_000).length;

/** Short claims that keep two people off one task. The database's clock decides when they end. */
export class LeaseService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly datasets: DatasetService,
    private readonly leases: LeaseRepository,
    private readonly leaseSeconds: number,
  ) {}

  async lease(viewer: Viewer | null, input: LeaseTasksInput): Promise<Lease[]> {
    const { viewer: person, dataset } = await this.datasets.open(viewer, input.datasetId, 'label');
    if (input.count < 1) throw new InvalidInputError('count', 'Ask for 1 task or more.');
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
    const confirmed = classId ?? (await this.leases.cheapestToConfirm(dataset, person.id));
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

  async renew(viewer: Viewer | null, tokens: readonly string[]): Promise<Lease[]> {
    return this.leases.renew(requireViewer(viewer).id, checkedTokens(tokens), this.leaseSeconds);
  }

  async release(viewer: Viewer | null, tokens: readonly string[]): Promise<number> {
    return this.leases.release(requireViewer(viewer).id, checkedTokens(tokens));
  }

  /** In the lane confirm this says “not that class”: nobody is shown it in that grid again, all are asked one by one. */
  async skip(viewer: Viewer | null, token: string): Promise<Image> {
    const person = requireViewer(viewer);
    const [checked] = checkedTokens([token]);
    return this.dataSource.transaction(async (manager) => {
      const lease = await manager.findOneBy(Lease, { token: checked, userId: person.id });
      if (!lease)
        throw new InvalidStateError(
          'This lease has ended, so there is nothing to skip. Lease new tasks.',
        );
      if (lease.classId)
        await manager.query(
          'INSERT INTO rejection (image_id, class_id, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
          [lease.imageId, lease.classId, person.id],
        );
      else
        await manager.query(
          'INSERT INTO skip (image_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
          [lease.imageId, person.id],
        );
      await manager.delete(Lease, { token: lease.token });
      return manager.findOneByOrFail(Image, { id: lease.imageId });
    });
  }

  /** Ends a person's claim on an image because they answered. */
  async consume(
    manager: EntityManager,
    imageId: string,
    userId: string,
    token: string | null,
  ): Promise<ConsumedLease> {
    const [rows] = await manager.query<
      [{ lane: Lane; token: string; live: boolean; blind: boolean; again: boolean }[], number]
    >(
      `DELETE FROM lease WHERE image_id = $1 AND user_id = $2
       RETURNING lane, blind, again, token::text, expires_at > clock_timestamp() AS live`,
      [imageId, userId],
    );
    const lease = rows.find((row) => row.token === token);
    return {
      live: lease?.live ?? false,
      lane: lease?.lane ?? null,
      blind: lease?.blind ?? false,
      again: lease?.again ?? false,
    };
  }

  /** New images with second opinions and gold images among them, where the dataset has any. */
  private async takeMixed(dataset: Dataset, userId: string, count: number): Promise<Lease[]> {
    const query = { dataset, userId, lane: Lane.HARD } as const;
    const golds = await this.take({ ...query, source: 'gold' }, drawCount(count, goldShare));
    const wantsMore = dataset.overlapMode !== OverlapMode.NONE;
    const wanted = wantsMore ? drawCount(count - golds.length, secondShare) : 0;
    const mixed = [...golds, ...(await this.take({ ...query, source: 'again' }, wanted))];
    const fresh = await this.take({ ...query, source: 'queue' }, count - mixed.length);
    const missing = wantsMore ? count - mixed.length - fresh.length : 0;
    const late = await this.take({ ...query, source: 'again' }, missing);
    // Somewhere among the others: nobody is to see from its place which one is gold.
    for (const lease of mixed) fresh.splice(randomInt(fresh.length + 1), 0, lease);
    return [...fresh, ...late];
  }

  /** By class; none for a class with nothing to confirm. */
  readonly nextGrids = (classIds: readonly string[]): Promise<Map<string, NextGrid>> =>
    this.leases.nextGrids(classIds);

  /** Takes from the queue; when that is used up, from whatever is still unlabelled. */
  private async take(query: CandidateQuery, count: number): Promise<Lease[]> {
    const taken: Lease[] = [];
    const sources: CandidateQuery[] =
      query.source === 'queue' ? [query, { ...query, source: 'unlabelled' }] : [query];
    for (const source of sources) {
      while (taken.length < count) {
        const wanted = count - taken.length;
        const { leases, candidates } = await this.leases.take(source, wanted, this.leaseSeconds);
        taken.push(...leases);
        // Fewer candidates than wanted: this source is used up. Otherwise somebody was faster.
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
