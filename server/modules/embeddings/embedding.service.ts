import type { BackboneSession } from '../../../models/backbones';
import type { BackboneRegistry } from './backboneRegistry';
import type { BackboneSessions } from './backboneSessions';
import type { FeatureMatrices, FeatureMatrix } from './embedding.ports';

/** Embeddings for other modules: a dataset's features as a matrix, and backbones held open. */
export class EmbeddingService {
  constructor(
    private readonly registry: BackboneRegistry,
    private readonly matrices: FeatureMatrices,
    private readonly sessions: BackboneSessions,
  ) {}

  /** What runs the backbones, for people. */
  get engine(): string {
    return this.sessions.engine;
  }

  /** Undefined while this machine lacks the backbone. The caller closes the matrix. */
  async features(datasetId: string, backboneId: string | null): Promise<FeatureMatrix | undefined> {
    const backbone = backboneId ? this.registry.byId(backboneId) : undefined;
    return backbone && this.matrices.open(datasetId, backbone.id, backbone.embeddingSize);
  }

  /** Whether this machine has the backbone. */
  has(backboneId: string): boolean {
    return this.registry.byId(backboneId) !== undefined;
  }

  /** Finds added and removed backbones. */
  async refresh(): Promise<void> {
    await this.registry.refresh();
  }

  /** The backbones that this machine has. */
  get backboneIds(): string[] {
    return this.registry.all.map(({ id }) => id);
  }

  session(backboneId: string): Promise<BackboneSession> | undefined {
    return this.sessions.open(backboneId);
  }

  dispose(): Promise<void> {
    return this.sessions.dispose();
  }
}
