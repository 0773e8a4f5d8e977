import type { Logger } from 'pino';
import { findBackbones, type Backbone } from '../../../models/backbones/registry';

/** The backbones this machine has: looked for at start, and again when somebody wants to choose. */
export class BackboneRegistry {
  private found: readonly Backbone[] = [];
  private readonly complained = new Set<string>();

  private constructor(
    private readonly folders: readonly string[],
    private readonly logger: Logger,
  ) {}

  static async open(folders: readonly string[], logger: Logger): Promise<BackboneRegistry> {
    const registry = new BackboneRegistry(folders, logger);
    await registry.refresh();
    return registry;
  }

  get backbones(): readonly Backbone[] {
    return this.found;
  }

  /** Sees what was added or removed since; a file that did not change is not read again. */
  async refresh(): Promise<readonly Backbone[]> {
    const { found, rejected } = await findBackbones(this.folders);
    for (const { file, reason } of rejected) {
      if (!this.complained.has(file)) this.logger.warn({ file, reason }, 'not a backbone');
      this.complained.add(file);
    }
    this.found = found;
    return found;
  }

  byId(id: string): Backbone | undefined {
    return this.backbones.find((backbone) => backbone.id === id);
  }

  defaultBackboneId(): string | null {
    return this.backbones[0]?.id ?? null;
  }

  /** What is missing and what to do about it, in sentences for people. */
  missing(): string[] {
    if (this.backbones.length > 0) return [];
    return [
      'There is no backbone on this server, so images can be labelled but not predicted. ' +
        `Put an ONNX backbone into one of ${this.folders.join(', ')}, or name its folder in ` +
        'LABELLOOP_BACKBONES, and start again.',
    ];
  }
}
