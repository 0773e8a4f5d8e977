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
  /** Some of them. */
  examples: string[];
}

const objectsAtOnce = 500;
const maxExamples = 20;

/** The uuid that a store adds to the name of an object that is not complete. */
const staging = /\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Removes objects that no row names. A killed process can leave them behind. */
export class OrphanSweeper {
  constructor(
    private readonly store: ImageStore,
    private readonly kinds: readonly StoredKind[],
  ) {}

  async sweep(options: SweepOptions): Promise<Sweep> {
    const sweep: Sweep = { objects: 0, orphans: 0, examples: [] };
    for (const kind of this.kinds) await this.sweepKind(kind, options, sweep);
    return sweep;
  }

  private async sweepKind(kind: StoredKind, options: SweepOptions, sweep: Sweep): Promise<void> {
    let keys: string[] = [];
    for await (const { key, modifiedAt } of this.store.list(kind.folder)) {
      if (options.signal?.aborted) return;
      if (!isOf(kind, key)) continue;
      sweep.objects++;
      if (modifiedAt < options.before) keys.push(key);
      if (keys.length < objectsAtOnce) continue;
      await this.removeOrphans(kind, keys, options, sweep);
      keys = [];
    }
    await this.removeOrphans(kind, keys, options, sweep);
  }

  private async removeOrphans(
    kind: StoredKind,
    keys: readonly string[],
    { isDryRun }: SweepOptions,
    sweep: Sweep,
  ): Promise<void> {
    if (keys.length === 0) return;
    const complete = keys.filter((key) => !staging.test(key));
    const referenced = await kind.referenced(complete.map((key) => idOf(kind, key)));
    const isOrphan = (key: string) => staging.test(key) || !referenced.has(idOf(kind, key));
    for (const key of keys.filter(isOrphan)) {
      if (!isDryRun) await this.store.remove(key);
      sweep.orphans++;
      if (sweep.examples.length < maxExamples) sweep.examples.push(key);
    }
  }
}

/** Several kinds share a folder. What is of no kind is not ours, and stays. */
const isOf = ({ name }: StoredKind, key: string): boolean => name.test(nameOf(key));

const idOf = ({ name }: StoredKind, key: string): string => name.exec(nameOf(key))?.[1] ?? '';

/** The last part of a key, without what a store adds while it writes. */
const nameOf = (key: string) => key.slice(key.lastIndexOf('/') + 1).replace(staging, '');
