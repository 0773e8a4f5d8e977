import type { OnnxProvider } from '../../../models/engine';
import { openBackbone, type BackboneSession } from '../../../models/backbones';
import type { BackboneRegistry } from './backboneRegistry';

export interface SessionSettings {
  /** Of each backbone; 0 leaves it to ONNX Runtime. */
  threads: number;
  /** ONNX Runtime's, most wanted first. */
  providers: readonly OnnxProvider[];
}

/** Backbones held open, each loaded when it is first asked for. */
export class BackboneSessions {
  private readonly sessions = new Map<string, Promise<BackboneSession>>();

  constructor(
    private readonly registry: BackboneRegistry,
    private readonly settings: SessionSettings,
  ) {}

  /** What runs them, for people. */
  get engine(): string {
    return `ONNX Runtime ${this.settings.providers[0] ?? 'cpu'}`;
  }

  /** Undefined while this machine lacks the backbone. */
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
