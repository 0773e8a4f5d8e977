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
  private searching: Promise<readonly Backbone[]> | undefined;

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

  /** All backbones, networks of runs included. */
  get all(): readonly Backbone[] {
    return [...this.found, ...this.trained.all];
  }

  /** Lists the backbones that a dataset can have: its own networks first, newest first. */
  async ofDataset(datasetId: string): Promise<readonly Backbone[]> {
    await this.refresh();
    const own = this.trained.all.filter((backbone) => backbone.datasetId === datasetId);
    return [...own, ...this.found];
  }

  /** Finds added and removed files. Calls at the same time share one search. */
  refresh(): Promise<readonly Backbone[]> {
    this.searching ??= this.search().finally(() => (this.searching = undefined));
    return this.searching;
  }

  /** An unchanged file is not read again. */
  private async search(): Promise<readonly Backbone[]> {
    const { found, rejected } = await findBackbones(this.folders, this.contracts);
    for (const { file, reason } of rejected) {
      if (!this.complained.has(file)) this.logger.warn({ file, reason }, 'not a backbone');
      this.complained.add(file);
    }
    this.found = found;
    await this.trained.refresh();
    return found;
  }

  /** @throws InvalidInputError for a missing one */
  require(id: string): Backbone {
    return this.byId(id) ?? this.refuse(id);
  }

  refuse(id: string): never {
    const ids = this.backbones.map((each) => each.id).join(', ') || 'none';
    throw new InvalidInputError(
      'backboneId',
      `This server has no backbone “${id.slice(0, 100)}”. It has: ${ids}.`,
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
