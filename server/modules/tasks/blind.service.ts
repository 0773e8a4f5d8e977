import DataLoader from 'dataloader';
import { groupedBy } from '../../domain/groupedBy';
import { nothingHidden, type BlindGuard, type Hidden } from '../../domain/blind';
import type { Viewer } from '../../domain/viewer';
import type { HidingLease, HidingRepository } from './hiding.repository';

/**
 * Tells what a person's live leases hide from this person. It reads the table of leases each time,
 * because another process may have leased a task a moment ago. Questions of one turn of the event
 * loop, by all people, share one statement.
 */
export class BlindService implements BlindGuard {
  private readonly disclosed = new WeakSet<object>();
  private readonly people: DataLoader<string, Hidden>;

  constructor(leases: HidingRepository) {
    this.people = new DataLoader(
      async (ids) => {
        const rows = await leases.live([...new Set(ids)]);
        const byPerson = groupedBy(ids, rows, ({ userId }) => userId);
        const hidden = new Map([...byPerson].map(([id, held]) => [id, hiddenBy(held)]));
        return ids.map((id) => hidden.get(id) ?? nothingHidden);
      },
      // An answer from a moment ago could miss a task that was leased since.
      { cache: false },
    );
  }

  of(viewer: Viewer | null): Promise<Hidden> {
    return viewer ? this.people.load(viewer.id) : Promise.resolve(nothingHidden);
  }

  readonly byPerson = async (ids: readonly string[]): Promise<Map<string, Hidden>> =>
    new Map(
      await Promise.all(
        ids.map(async (id): Promise<[string, Hidden]> => [id, await this.people.load(id)]),
      ),
    );

  disclose(image: object): void {
    this.disclosed.add(image);
  }

  isDisclosed(image: object): boolean {
    return this.disclosed.has(image);
  }
}

function hiddenBy(leases: readonly HidingLease[]): Hidden {
  if (leases.length === 0) return nothingHidden;
  const idsOf = (rows: readonly HidingLease[]) => new Set(rows.map(({ imageId }) => imageId));
  const blind = leases.filter((lease) => lease.blind);
  return {
    predictions: idsOf(blind),
    answers: idsOf(leases),
    again: idsOf(leases.filter(({ again }) => again)),
    datasets: new Set(blind.map(({ datasetId }) => datasetId)),
  };
}
