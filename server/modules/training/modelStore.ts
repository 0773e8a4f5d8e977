import type { DataSource, EntityManager } from 'typeorm';
import type { Head } from '../../../models/training/head';
import { Model } from './model.entity';

/** A published head with what its rows and columns stand for. */
export interface StoredModel {
  runId: string;
  datasetId: string;
  backboneId: string;
  classIds: string[];
  dimensions: number;
  /** What predicts. */
  head: Head;
  /** What was measured: it has never seen a validation or test label, so the next one starts from it. */
  measured: Head;
  /** What the head's logits were divided by for calibrated confidences. */
  temperature: number;
}

const toBytes = (values: Float32Array) =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);
/** Copied, because a Buffer from the driver may start at any address. */
const toFloats = (bytes: Buffer) => new Float32Array(new Uint8Array(bytes).buffer);

export class ModelStore {
  constructor(private readonly dataSource: DataSource) {}

  async save(manager: EntityManager, { head, measured, ...model }: StoredModel): Promise<void> {
    await manager.insert(Model, {
      ...model,
      weights: toBytes(head.weights),
      bias: toBytes(head.bias),
      measuredWeights: toBytes(measured.weights),
      measuredBias: toBytes(measured.bias),
    });
  }

  async load(runId: string): Promise<StoredModel | undefined> {
    const model = await this.dataSource.manager.findOneBy(Model, { runId });
    if (!model) return undefined;
    const { weights, bias, measuredWeights, measuredBias, ...rest } = model;
    return {
      ...rest,
      head: { weights: toFloats(weights), bias: toFloats(bias) },
      measured: { weights: toFloats(measuredWeights), bias: toFloats(measuredBias) },
    };
  }
}

/** The head measured last, put where the new run's classes stand; new classes start at zero. */
export function warmStartOf(
  previous: StoredModel | undefined,
  backboneId: string,
  classIds: readonly string[],
): Head | undefined {
  if (!previous || previous.backboneId !== backboneId) return undefined;
  return adaptHead(previous.measured, previous.dimensions, previous.classIds, classIds);
}

/** A head with its columns put where other classes stand; new classes start at zero. */
export function adaptHead(
  head: Head,
  dimensions: number,
  oldIds: readonly string[],
  classIds: readonly string[],
): Head {
  const oldClasses = oldIds.length;
  const classes = classIds.length;
  const weights = new Float32Array(dimensions * classes);
  const bias = new Float32Array(classes);
  classIds.forEach((classId, to) => {
    const from = oldIds.indexOf(classId);
    if (from < 0) return;
    bias[to] = head.bias[from] ?? 0;
    for (let row = 0; row < dimensions; row++)
      weights[row * classes + to] = head.weights[row * oldClasses + from] ?? 0;
  });
  return { weights, bias };
}
