import type { DataSource, EntityManager } from 'typeorm';
import type { Head } from '../../../../models/training';
import type { PublishedModels, StoredModel } from '../model.ports';
import { Model } from './model.entity';

const toBytes = (values: Float32Array) =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);
/** Copies the bytes, because a Buffer from the driver may start at an address that is not aligned. */
const toFloats = (bytes: Buffer) => new Float32Array(new Uint8Array(bytes).buffer);

/** Reads and writes the heads of published runs. */
export class ModelStore implements PublishedModels {
  constructor(private readonly dataSource: DataSource) {}

  async save(manager: EntityManager, { head, ...model }: StoredModel): Promise<void> {
    await manager.insert(Model, {
      ...model,
      weights: toBytes(head.weights),
      bias: toBytes(head.bias),
    });
  }

  async load(runId: string): Promise<StoredModel | undefined> {
    const model = await this.dataSource.manager.findOneBy(Model, { runId });
    if (!model) return undefined;
    const { weights, bias, ...rest } = model;
    return { ...rest, head: { weights: toFloats(weights), bias: toFloats(bias) } };
  }

  async backboneOf(runId: string): Promise<string | undefined> {
    const model = await this.dataSource.manager.findOne(Model, {
      where: { runId },
      select: { runId: true, backboneId: true },
    });
    return model?.backboneId;
  }
}

/** The last head before calibration, with its columns moved to the new run's classes. New classes start at zero. */
export function warmStartOf(
  previous: StoredModel | undefined,
  backboneId: string,
  classIds: readonly string[],
): Head | undefined {
  if (!previous || previous.backboneId !== backboneId) return undefined;
  const fitted = scaleHead(previous.head, previous.temperature);
  return adaptHead(fitted, previous.dimensions, previous.classIds, classIds);
}

/** Multiplies all logits of a head. With 1 / temperature, every confidence of the head is calibrated. */
export const scaleHead = ({ weights, bias }: Head, factor: number): Head => ({
  weights: weights.map((weight) => weight * factor),
  bias: bias.map((value) => value * factor),
});

/** Moves a head's columns to another list of classes. New classes start at zero. */
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
