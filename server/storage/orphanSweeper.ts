import type { ImageStore } from './imageStore';

/** One kind of object, and what the database says about it. */
export interface StoredKind {
  /** The folder of its keys, such as `images/`. */
  folder: string;
  /** The name of its objects without folders. The first group is the id. */
  name: RegExp;
  /** Returns those of the ids that a row names. */
  referenced: (ids: readonly string[]) => Promise<ReadonlySet<string>>;
}

export interface SweepOptions {
  /** Objects that changed later are left alone, because their row may not be committed yet. */
  before: Date;
  /** Only counts. */
  isDryRun: boolean;
  signal?: AbortSignal;
}

export interface Sweep {
  /** Objects that were looked at. */
  objects: number;
  /** Objects that no row names, such as those of an upload that was killed. */
  orphans: number;
  removed: number;
  /** Some of the orphans. */
  examples: string[];
}

const objectsAtOnce = 500;
const maxExamples = 20;
/** More orphans than this are not removed if they are also more than the share below. */
const maxOrphans = 100;
const maxShare = 0.05;

/** The uuid that a store adds to the name of an object that is not complete. */
const staging = /\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Finds objects that no row names, and removes them. A killed process can leave them behind. If there
 * are many, the database is not the one that the store belongs to, or it was restored from an old
 * backup. Then nothing is removed.
 */
export class OrphanSweeper {
  constructor(
    private readonly store: ImageStore,
    private readonly kinds: readonly StoredKind[],
  ) {}

  async sweep({ isDryRun, ...options }: SweepOptions): Promise<Sweep> {
    const sweep: Sweep = { objects: 0, orphans: 0, removed: 0, examples: [] };
    for await (const key of this.orphans(options, sweep)) {
      sweep.orphans++;
      if (sweep.examples.length < maxExamples) sweep.examples.push(key);
    }
    const { objects, orphans } = sweep;
    const isPlausible = orphans <= maxOrphans || orphans <= maxShare * objects;
    if (isDryRun || !isPlausible || options.signal?.aborted) return sweep;
    for await (const key of this.orphans(options)) {
      await this.store.remove(key);
      sweep.removed++;
    }
    return sweep;
  }

  /** Yields the objects that no row names. */
  private async *orphans(
    { before, signal }: Omit<SweepOptions, 'isDryRun'>,
    sweep?: Sweep,
  ): AsyncGenerator<string> {
    for (const kind of this.kinds) {
      let keys: string[] = [];
      for await (const { key, modifiedAt } of this.store.list(kind.folder)) {
        if (signal?.aborted) return;
        // What is of no kind is not ours, and stays.
        if (!kind.name.test(nameOf(key))) continue;
        if (sweep) sweep.objects++;
        if (modifiedAt < before) keys.push(key);
        if (keys.length < objectsAtOnce) continue;
        yield* await withoutRow(kind, keys);
        keys = [];
      }
      yield* await withoutRow(kind, keys);
    }
  }
}

async function withoutRow(kind: StoredKind, keys: readonly string[]): Promise<string[]> {
  const idOf = (key: string) => kind.name.exec(nameOf(key))?.[1] ?? '';
  const complete = keys.filter((key) => !staging.test(key));
  const referenced = await kind.referenced(complete.map(idOf));
  return keys.filter((key) => staging.test(key) || !referenced.has(idOf(key)));
}

/** The last part of a key, without what a store adds while it writes. */
const nameOf = (key: string) => key.slice(key.lastIndexOf('/') + 1).replace(staging, '');
