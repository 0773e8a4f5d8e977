import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { findBackbones, type Backbone, type ContractCache } from '../../../models/backbones';
import { InvalidInputError } from '../../domain/errors';
import type { InstalledBackbones } from './embedding.ports';
import type { TrainedBackbones } from './trainedBackbones';

/**
 * The backbones on this machine. They are searched at start, and again when a page offers the
 * choice.
 */
export class BackboneRegistry implements InstalledBackbones {
  private found: readonly Backbone[] = [];
  private readonly complained = new Set<string>();
  private searching: Promise<void> | undefined;

  private constructor(
    private readonly folders: readonly string[],
    private readonly contracts: ContractCache,
    private readonly trained: TrainedBackbones,
    private readonly logger: Logger,
  ) {}

  static async open(
    folders: readonly string[],
    contracts: ContractCache,
    trained: TrainedBackbones,
    logger: Logger,
  ): Promise<BackboneRegistry> {
    const registry = new BackboneRegistry(folders, contracts, trained, logger);
    await registry.refresh();
    return registry;
  }

  /** Backbones that any dataset can have. */
  get backbones(): readonly Backbone[] {
    return this.found;
  }

  /** All backbones whose files are on this machine, networks of runs included. */
  get all(): readonly Backbone[] {
    return [...this.found, ...this.trained.all];
  }

  /**
   * Lists the backbones that a dataset can have: its own networks first, newest first. This machine
   * may still lack the files of the networks.
   */
  async ofDataset(datasetId: string): Promise<readonly Backbone[]> {
    const [own, installed] = await Promise.all([
      this.trained.ofDataset(datasetId),
      this.installed(),
    ]);
    return [...own, ...installed];
  }

  /** The backbones with these ids. This machine may still lack the files of networks of runs. */
  readonly byIds = async (ids: readonly string[]): Promise<Map<string, Backbone>> => {
    const known = [...(await this.trained.byId(ids)), ...this.found];
    return new Map(known.filter(({ id }) => ids.includes(id)).map((each) => [each.id, each]));
  };

  /**
   * Finds added and removed files for a page. It waits for them for at most a second. On a busy
   * machine it takes longer to examine a new file, and the next call returns it.
   */
  async installed(): Promise<readonly Backbone[]> {
    const search = this.refresh().catch((error: unknown) =>
      this.logger.warn({ err: error }, 'searching for backbones failed'),
    );
    await Promise.race([search, setTimeout(1_000, undefined, { ref: false })]);
    return this.found;
  }

  /** Finds added and removed files. Calls at the same time share one search. */
  refresh(): Promise<void> {
    this.searching ??= this.search().finally(() => (this.searching = undefined));
    return this.searching;
  }

  /** An unchanged file is not read again. */
  private async search(): Promise<void> {
    const { found, rejected } = await findBackbones(this.folders, this.contracts);
    for (const { file, reason } of rejected) {
      if (!this.complained.has(file)) this.logger.warn({ file, reason }, 'not a backbone');
      this.complained.add(file);
    }
    this.found = found;
    await this.trained.refresh();
  }

  /** Requires a backbone that the dataset can have. @throws InvalidInputError for another one */
  async requireOf(datasetId: string, id: string): Promise<void> {
    const ids = (await this.ofDataset(datasetId)).map((backbone) => backbone.id);
    if (ids.includes(id)) return;
    throw new InvalidInputError(
      'backboneId',
      `This dataset cannot use the backbone “${id.slice(0, 100)}”. Choose one of: ${ids.join(', ') || 'none'}.`,
    );
  }

  byId(id: string): Backbone | undefined {
    return this.all.find((backbone) => backbone.id === id);
  }

  defaultBackboneId(): string | null {
    return this.backbones[0]?.id ?? null;
  }

  /** Lists what is missing and what to do about it, in sentences for people. */
  missing(): string[] {
    if (this.backbones.length > 0) return [];
    return [
      'There is no backbone on this server, so images can be labelled but not predicted. ' +
        `Put an ONNX backbone into one of ${this.folders.join(', ')}, or name its folder in ` +
        'LABELLOOP_BACKBONES, and restart.',
    ];
  }
}
