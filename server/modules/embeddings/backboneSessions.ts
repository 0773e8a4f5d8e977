import { openBackbone, type BackboneSession } from '../../../models/backbones/session';
import type { BackboneRegistry } from './backboneRegistry';

/** Backbones held open, each loaded when it is first asked for. */
export class BackboneSessions {
  private readonly sessions = new Map<string, Promise<BackboneSession>>();

  /** @param threads of each backbone; 0 leaves it to ONNX Runtime's host */
  constructor(
    private readonly registry: BackboneRegistry,
    private readonly threads: number,
  ) {}

  /** Undefined while this machine lacks the backbone. */
  open(backboneId: string): Promise<BackboneSession> | undefined {
    const backbone = this.registry.byId(backboneId);
    if (!backbone) return undefined;
    const known = this.sessions.get(backboneId);
    if (known) return known;
    const session = openBackbone(backbone, this.threads > 0 ? { threads: this.threads } : {});
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
