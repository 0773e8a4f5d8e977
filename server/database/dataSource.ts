import 'reflect-metadata';
import type { MixedList, EntitySchema } from 'typeorm';
import { DataSource, DefaultNamingStrategy } from 'typeorm';
import { Initial1763900000000 } from '../../migrations/1763900000000-Initial';
import { BackboneChange1764000000000 } from '../../migrations/1764000000000-BackboneChange';
import { DeepRuns1764100000000 } from '../../migrations/1764100000000-DeepRuns';
import { Loop1764150000000 } from '../../migrations/1764150000000-Loop';
import { Rejection1764160000000 } from '../../migrations/1764160000000-Rejection';
import { QueueReason1764200000000 } from '../../migrations/1764200000000-QueueReason';
import { Certificates1764300000000 } from '../../migrations/1764300000000-Certificates';
import { Rounds1764500000000 } from '../../migrations/1764500000000-Rounds';
import { OneHead1764600000000 } from '../../migrations/1764600000000-OneHead';
import { EmbeddedSince1764700000000 } from '../../migrations/1764700000000-EmbeddedSince';
import { HeadPenalty1764800000000 } from '../../migrations/1764800000000-HeadPenalty';
import { WorkerDeaths1764910000000 } from '../../migrations/1764910000000-WorkerDeaths';
import { FairUse1765080000000 } from '../../migrations/1765080000000-FairUse';
import { ImportAttempts1765090000000 } from '../../migrations/1765090000000-ImportAttempts';
import { BlindTasks1765100000000 } from '../../migrations/1765100000000-BlindTasks';
import { LookAlikes1765110000000 } from '../../migrations/1765110000000-LookAlikes';
import { StoredOutcomes1765120000000 } from '../../migrations/1765120000000-StoredOutcomes';
import { BackboneContracts1765130000000 } from '../../migrations/1765130000000-BackboneContracts';
import { ConsensusHistory1765140000000 } from '../../migrations/1765140000000-ConsensusHistory';
import { LabelLeases1765145000000 } from '../../migrations/1765145000000-LabelLeases';
import { EmbeddingOrdinals1765150000000 } from '../../migrations/1765150000000-EmbeddingOrdinals';
import { RefusedRuns1765160000000 } from '../../migrations/1765160000000-RefusedRuns';
import { Annotators1764400000000 } from '../../migrations/1764400000000-Annotators';
import { SteadyClient } from './steadyClient';

/** Migrations in the order of execution. Add a new one here. */
export const migrations = [
  Initial1763900000000,
  BackboneChange1764000000000,
  DeepRuns1764100000000,
  Loop1764150000000,
  Rejection1764160000000,
  QueueReason1764200000000,
  Certificates1764300000000,
  Annotators1764400000000,
  Rounds1764500000000,
  OneHead1764600000000,
  EmbeddedSince1764700000000,
  HeadPenalty1764800000000,
  WorkerDeaths1764910000000,
  FairUse1765080000000,
  ImportAttempts1765090000000,
  BlindTasks1765100000000,
  LookAlikes1765110000000,
  StoredOutcomes1765120000000,
  BackboneContracts1765130000000,
  ConsensusHistory1765140000000,
  LabelLeases1765145000000,
  EmbeddingOrdinals1765150000000,
  RefusedRuns1765160000000,
];

/** Maps `createdAt` in code to `created_at` in tables. */
class SnakeNames extends DefaultNamingStrategy {
  override columnName(property: string, custom: string | undefined): string {
    return custom ?? property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}

type EntityList = MixedList<string | EntitySchema | (new () => object)>;

export interface DataSourceOptions {
  url: string;
  poolSize: number;
  entities: EntityList;
  /** PostgreSQL stops a longer statement. 0 for no limit. */
  maxStatementSeconds: number;
  /**
   * PostgreSQL ends a transaction that waits longer for its process. A process that hangs in the middle
   * of a transaction holds its locks, and readers of events wait for it.
   */
  maxIdleSeconds: number;
}

export function createDataSource(options: DataSourceOptions): DataSource {
  const { url, poolSize, entities, maxStatementSeconds, maxIdleSeconds } = options;
  return new DataSource({
    type: 'postgres',
    url,
    entities,
    migrations,
    migrationsTransactionMode: 'each',
    synchronize: false,
    namingStrategy: new SnakeNames(),
    applicationName: 'labelloop',
    poolSize,
    // A new connection takes long when many people come at once, so none is closed.
    extra: {
      Client: SteadyClient,
      // Statements that do not depend on each other are sent together.
      pipeline: true,
      max: poolSize,
      min: poolSize,
      idle_in_transaction_session_timeout: maxIdleSeconds * 1_000,
      statement_timeout: maxStatementSeconds * 1_000,
    },
  });
}

/** Opens every connection of the pool, so that nobody waits for one later. */
export async function openConnections(dataSource: DataSource, poolSize: number): Promise<void> {
  const runners = Array.from({ length: poolSize }, () => dataSource.createQueryRunner());
  try {
    await Promise.all(runners.map((runner) => runner.connect()));
  } finally {
    await Promise.all(runners.map((runner) => runner.release()));
  }
}
