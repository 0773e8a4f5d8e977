import { openBackbone, type BackboneSession } from '../../../models/backbones/session';
import type { BackboneRegistry } from './backboneRegistry';
import type { FeatureCache, FeatureMatrix } from './featureCache';

/** Embeddings for other modules: a dataset's features as a matrix, and backbones held open. */
export class EmbeddingService {
  private readonly sessions = new Map<string, Promise<BackboneSession>>();

  constructor(
    private readonly registry: BackboneRegistry,
    private readonly cache: FeatureCache,
    private readonly threads: number,
  ) {}

  /** Undefined while this machine lacks the backbone. The caller closes the matrix. */
  async features(datasetId: string, backboneId: string | null): Promise<FeatureMatrix | undefined> {
    const backbone = backboneId ? this.registry.byId(backboneId) : undefined;
    return backbone && this.cache.open(datasetId, backbone.id, backbone.embeddingSize);
  }

  /** Whether this machine has the backbone. */
  has(backboneId: string): boolean {
    return this.registry.byId(backboneId) !== undefined;
  }

  session(backboneId: string): Promise<BackboneSession> | undefined {
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
    for (const session of this.sessions.values()) await (await session).dispose();
    this.sessions.clear();
  }
}
