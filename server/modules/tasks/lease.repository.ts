import { In, type DataSource, type EntityManager } from 'typeorm';
import { v4 as uuid } from 'uuid';
import { Lane } from '../../../shared/enums';
import { gridCost, type NextGrid } from '../../../shared/gridCost';
import { confirmGridSize, limits } from '../../../shared/limits';
import type { Dataset } from '../datasets/dataset.ports';
import { Lease } from './lease.entity';
import { isOpen } from './openImage';

/** A lease at the moment it ended. */
export type EndedLease = Pick<Lease, 'lane' | 'token' | 'blind' | 'again'> & { live: boolean };

interface Claim {
  dataset: Pick<Dataset, 'id'>;
  userId: string;
  lane: Lane;
}
export type CandidateQuery = Claim &
  (
    | { source: 'queue' | 'unlabelled' | 'lane' | 'again' | 'gold' }
    | { source: 'confirm'; classId: string }
  );

/** Maximum number of live leases on one image: the maximum number of answers. */
const maxSlots = limits.maxOverlap;

/** SQL: nobody else holds a live lease on it, and this person did not skip it. */
const isUnclaimed = `
  NOT EXISTS (SELECT 1 FROM lease WHERE lease.image_id = image.id AND lease.expires_at > clock_timestamp())`;
const isSkipped = `EXISTS (SELECT 1 FROM skip WHERE skip.image_id = image.id AND skip.user_id = $2)`;
const isFree = `${isUnclaimed} AND NOT ${isSkipped}`;
const isAsked = `${isOpen} AND ${isFree}`;
/** SQL: nobody rejected the predicted class. A rejected image becomes a single-image task. */
const isPlausible = `NOT EXISTS (SELECT 1 FROM rejection
  WHERE rejection.image_id = image.id AND rejection.class_id = prediction.class_id)`;

/**
 * SQL: whether a lease can be renewed. A blind one that has ended stays ended: its holder could see
 * the prediction meanwhile. So does one whose image
 * somebody else has answered since it ended, unless it needs several answers.
 */
const mayRenew = `(expires_at > clock_timestamp() OR NOT blind AND (again OR NOT EXISTS
  (SELECT 1 FROM label_event answered WHERE answered.image_id = lease.image_id
    AND answered.kind = 'recorded' AND answered.user_id <> lease.user_id
    AND answered.occurred_at >= lease.expires_at)))`;

/** SQL: the people who hold a live lease on an image or have answered it. */
const holders = `(SELECT count(*) FROM lease
  WHERE lease.image_id = image.id AND lease.expires_at > clock_timestamp())`;
const answerers = `(SELECT count(DISTINCT label.user_id) FROM label
  WHERE label.image_id = image.id AND label.in_force)`;
const isNewToPerson = (user: string) => `
  NOT EXISTS (SELECT 1 FROM label WHERE label.image_id = image.id AND label.user_id = ${user} AND label.in_force)
  AND NOT EXISTS (SELECT 1 FROM lease WHERE lease.image_id = image.id AND lease.user_id = ${user}
    AND lease.expires_at > clock_timestamp())
  AND NOT EXISTS (SELECT 1 FROM skip WHERE skip.image_id = image.id AND skip.user_id = ${user})`;
/** SQL: the number of missing answers without a lease. Everybody may answer a gold image. */
const openSlots = {
  again: `(SELECT wanted FROM second_opinion WHERE second_opinion.image_id = image.id) - ${answerers} - ${holders}`,
  gold: `${maxSlots} - ${holders}`,
};

/**
 * SQL: whether the person may hold more. It does not depend on the image, so it is evaluated once
 * per statement, from an index.
 */
const holdsFewerThan = (limit: number) => `(SELECT count(*) FROM lease WHERE lease.dataset_id = $1
  AND lease.user_id = $2 AND lease.expires_at > clock_timestamp()) < ${limit}`;

const candidateSqlOf = (mayHoldMore: string) => ({
  again: `SELECT image.id FROM second_opinion JOIN image ON image.id = second_opinion.image_id
    WHERE ${mayHoldMore} AND second_opinion.dataset_id = $1 AND ${isNewToPerson('$2')} AND ${openSlots.again} > 0
    ORDER BY second_opinion.score, image.id`,
  gold: `SELECT image.id FROM gold JOIN image ON image.id = gold.image_id
    WHERE ${mayHoldMore} AND gold.dataset_id = $1 AND gold.user_id <> $2 AND ${isNewToPerson('$2')} AND ${openSlots.gold} > 0
    ORDER BY md5(image.id::text || $2::uuid::text)`,
  queue: `SELECT image.id FROM dataset
    JOIN queue_entry ON queue_entry.ordering_id = dataset.current_ordering_id
    JOIN image ON image.id = queue_entry.image_id
    WHERE ${mayHoldMore} AND dataset.id = $1 AND ${isAsked} ORDER BY queue_entry.position`,
  unlabelled: `SELECT image.id FROM image
    WHERE ${mayHoldMore} AND dataset_id = $1 AND ${isAsked} ORDER BY shuffle`,
  confirm: `SELECT image.id FROM dataset
    JOIN prediction ON prediction.run_id = dataset.current_run_id AND prediction.class_id = $4
    JOIN image ON image.id = prediction.image_id
    WHERE ${mayHoldMore} AND dataset.id = $1 AND ${isAsked} AND ${isPlausible} ORDER BY prediction.confidence DESC`,
  lane: `SELECT image.id FROM lane_entry JOIN image ON image.id = lane_entry.image_id
    WHERE ${mayHoldMore} AND lane_entry.dataset_id = $1 AND lane_entry.lane = $4 AND lane_entry.answered_at IS NULL
      AND ${isUnclaimed}
      -- an audit needs every answer: what was skipped there comes again, last
      AND (lane_entry.lane = 'AUDIT' OR NOT ${isSkipped})
    ORDER BY ${isSkipped}, lane_entry.position`,
});
const candidateParameter = (query: CandidateQuery) => {
  if (query.source === 'confirm') return [query.classId];
  return query.source === 'lane' ? [query.lane] : [];
};

/** What one person may hold of a dataset. */
export interface LeaseLimits {
  /** Live leases. A call that starts below it gets all that it asks for. */
  maxLeases: number;
  /** The whole life of a lease, renewals included. */
  maxSeconds: number;
}

export class LeaseRepository {
  private readonly mayHoldMore: string;
  private readonly candidateSql: Record<CandidateQuery['source'], string>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly limits: LeaseLimits,
  ) {
    this.mayHoldMore = holdsFewerThan(limits.maxLeases);
    this.candidateSql = candidateSqlOf(this.mayHoldMore);
  }

  /** Claims up to `count` images. `candidates` tells whether there were more. */
  take(
    query: CandidateQuery,
    count: number,
    seconds: number,
  ): Promise<{ leases: Lease[]; candidates: number }> {
    return this.dataSource.transaction(async (manager) => {
      // Images that another transaction is leasing or labelling are skipped without waiting.
      const rows: { id: string }[] = await manager.query(
        `${this.candidateSql[query.source]} LIMIT $3 FOR NO KEY UPDATE OF image SKIP LOCKED`,
        [query.dataset.id, query.userId, count, ...candidateParameter(query)],
      );
      const ids = rows.map((row) => row.id);
      const leases = ids.length > 0 ? await claim(manager, query, ids, seconds) : [];
      return { leases, candidates: ids.length };
    });
  }

  /** Returns the class whose next grid costs the least. */
  async cheapestToConfirm(dataset: Dataset, userId: string): Promise<string | null> {
    const classes: { id: string }[] = await this.dataSource.query(
      'SELECT id FROM class WHERE dataset_id = $1 ORDER BY position, id',
      [dataset.id],
    );
    const grids = await this.nextGrids(
      classes.map(({ id }) => id),
      userId,
    );
    let [best, least]: [string | null, number] = [null, Infinity];
    for (const [id, grid] of grids)
      if (gridCost(grid) < least) [best, least] = [id, gridCost(grid)];
    return best;
  }

  /** Returns the next grid by class, without classes that have nothing to confirm. */
  async nextGrids(
    classIds: readonly string[],
    userId: string | null = null,
  ): Promise<Map<string, NextGrid>> {
    const rows: (NextGrid & { id: string })[] = await this.dataSource.query(
      `SELECT class.id, count(*)::int AS images, avg(grid.confidence) AS confidence
       FROM class JOIN dataset ON dataset.id = class.dataset_id
       CROSS JOIN LATERAL (SELECT prediction.confidence FROM prediction
         JOIN image ON image.id = prediction.image_id
         WHERE prediction.run_id = dataset.current_run_id AND prediction.class_id = class.id
           AND ${isAsked} AND ${isPlausible}
         ORDER BY prediction.confidence DESC LIMIT ${confirmGridSize}) grid
       WHERE class.id = ANY($1::uuid[]) GROUP BY class.id`,
      [classIds, userId],
    );
    return new Map(rows.map(({ id, images, confidence }) => [id, { images, confidence }]));
  }

  /** Extends leases, up to the end of their whole life. Those that are past it are left out. */
  async renew(userId: string, tokens: string[], seconds: number): Promise<Lease[]> {
    const [rows] = await this.dataSource.query<[{ token: string }[], number]>(
      `UPDATE lease SET expires_at = least(clock_timestamp() + make_interval(secs => $3),
         taken_at + make_interval(secs => $4))
       WHERE token = ANY($1::uuid[]) AND user_id = $2
         AND taken_at + make_interval(secs => $4) > clock_timestamp() AND ${mayRenew}
       RETURNING token`,
      [tokens, userId, seconds, this.limits.maxSeconds],
    );
    return this.dataSource.manager.findBy(Lease, { token: In(rows.map(({ token }) => token)) });
  }

  /** Whether the person holds as many tasks of the dataset as one person may. */
  async isFull({ dataset, userId }: Pick<Claim, 'dataset' | 'userId'>): Promise<boolean> {
    const rows: { full: boolean }[] = await this.dataSource.query(
      `SELECT NOT (${this.mayHoldMore}) AS full`,
      [dataset.id, userId],
    );
    return rows[0]?.full ?? true;
  }

  async release(userId: string, tokens: string[]): Promise<number> {
    const { affected } = await this.dataSource.manager.delete(Lease, { token: In(tokens), userId });
    return affected ?? 0;
  }

  findHeld(manager: EntityManager, userId: string, token: string): Promise<Lease | null> {
    return manager.findOneBy(Lease, { token, userId });
  }

  async end(manager: EntityManager, token: string): Promise<void> {
    await manager.delete(Lease, { token });
  }

  /** Ends every lease that the person holds on the image. */
  async endAll(manager: EntityManager, imageId: string, userId: string): Promise<EndedLease[]> {
    const [rows] = await manager.query<[EndedLease[], number]>(
      `DELETE FROM lease WHERE image_id = $1 AND user_id = $2
       RETURNING lane, blind, again, token::text, expires_at > clock_timestamp() AS live`,
      [imageId, userId],
    );
    return rows;
  }

  async pruneExpired(): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM lease WHERE expires_at < clock_timestamp() - interval '1 hour'`,
    );
  }
}

/**
 * SQL: the slot of each claimed image. It is searched again after the lock, because somebody may
 * have been faster. Normal tasks have one slot.
 */
const slotSql = (source: CandidateQuery['source']): string =>
  source === 'again' || source === 'gold'
    ? `SELECT min(place) AS slot FROM generate_series(0, ${maxSlots - 1}) place
       WHERE ${openSlots[source]} > 0 AND ${isNewToPerson('$4')} AND NOT EXISTS (SELECT 1 FROM lease
         WHERE lease.image_id = image.id AND lease.slot = place AND lease.expires_at > clock_timestamp())`
    : 'SELECT 0 AS slot';

/** SQL: whether predictions stay hidden. The result for a person and an image never changes. */
const blindSql = `($7 OR ($5 = 'HARD' AND (('x' || substr(md5(image.id::text || $4::uuid::text), 1, 7))::bit(28)::int
  / 268435456.0) < (SELECT blind_share FROM dataset WHERE dataset.id = $2)))`;

/** The primary key guards the claim: an image that somebody claimed meanwhile is left out. */
async function claim(
  manager: EntityManager,
  query: CandidateQuery,
  imageIds: readonly string[],
  seconds: number,
): Promise<Lease[]> {
  const { dataset, userId, lane, source } = query;
  const tokens = imageIds.map(() => uuid());
  const rows: { image_id: string }[] = await manager.query(
    `INSERT INTO lease (image_id, slot, dataset_id, token, user_id, lane, blind, again, class_id, expires_at)
     SELECT image.id, free.slot, $2::uuid, token, $4::uuid, $5, ${blindSql}, $9, $8, clock_timestamp() + make_interval(secs => $6)
     FROM unnest($1::uuid[], $3::uuid[]) AS wanted (id, token)
     JOIN image ON image.id = wanted.id CROSS JOIN LATERAL (${slotSql(source)}) free
     WHERE free.slot IS NOT NULL
     ON CONFLICT (image_id, slot) DO UPDATE
       SET token = excluded.token, user_id = excluded.user_id, lane = excluded.lane, again = excluded.again,
           blind = excluded.blind, class_id = excluded.class_id, dataset_id = excluded.dataset_id, expires_at = excluded.expires_at,
           taken_at = excluded.taken_at
       WHERE lease.expires_at <= clock_timestamp()
     RETURNING image_id`,
    [
      imageIds,
      dataset.id,
      tokens,
      userId,
      lane,
      seconds,
      lane === Lane.AUDIT,
      source === 'confirm' ? query.classId : null,
      source === 'again' || source === 'gold',
    ],
  );
  const claimed = new Set(rows.map((row) => row.image_id));
  const leases = await manager.findBy(Lease, { token: In(tokens) });
  const byImage = new Map(leases.map((lease) => [lease.imageId, lease]));
  return imageIds.filter((id) => claimed.has(id)).flatMap((id) => byImage.get(id) ?? []);
}
