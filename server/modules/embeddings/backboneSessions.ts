import type { OnnxProvider } from '../../../models/engine';
import { openBackbone, type BackboneSession } from '../../../models/backbones';
import type { BackboneRegistry } from './backboneRegistry';

export interface SessionSettings {
  /** Threads per backbone. 0 lets ONNX Runtime choose. */
  threads: number;
  /** ONNX Runtime providers, preferred first. */
  providers: readonly OnnxProvider[];
}

/** Open backbones. Each is loaded at its first use. */
export class BackboneSessions {
  private readonly sessions = new Map<string, Promise<BackboneSession>>();

  constructor(
    private readonly registry: BackboneRegistry,
    private readonly settings: SessionSettings,
  ) {}

  /** The engine that runs them, for people. */
  get engine(): string {
    return `ONNX Runtime ${this.settings.providers[0] ?? 'cpu'}`;
  }

  /** Undefined if this machine does not have the backbone. */
  open(backboneId: string): Promise<BackboneSession> | undefined {
    const backbone = this.registry.byId(backboneId);
    if (!backbone) return undefined;
    const known = this.sessions.get(backboneId);
    if (known) return known;
    const { threads, providers } = this.settings;
    const session = openBackbone(backbone, { providers, ...(threads > 0 && { threads }) });
    this.sessions.set(backboneId, session);
    session.catch(() => this.sessions.delete(backboneId));
    return session;
  }

  async dispose(): Promise<void> {
    const opened = [...this.sessions.values()];
    this.sessions.clear();
    for (const session of opened) await session.then((one) => one.dispose()).catch(() => {});
  }
}
