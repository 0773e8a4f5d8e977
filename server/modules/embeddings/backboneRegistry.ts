import type { Logger } from 'pino';
import { findBackbones, type Backbone } from '../../../models/backbones/registry';

/** The backbones this machine has. Found once at start. */
export class BackboneRegistry {
  private constructor(
    readonly backbones: readonly Backbone[],
    private readonly folders: readonly string[],
  ) {}

  static async open(folders: readonly string[], logger: Logger): Promise<BackboneRegistry> {
    const { found, rejected } = await findBackbones(folders);
    for (const { file, reason } of rejected) logger.warn({ file, reason }, 'not a backbone');
    return new BackboneRegistry(found, folders);
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
