import { InferenceSession, Tensor } from 'onnxruntime-node';
import { ModelInputError } from '../../errors';
import type { BackboneContract } from '../contract';
import { readFeatureMap, type FeatureMap } from '../featureMap';
import type { Preprocessing } from '../preprocessing';
import { randomInput } from '../randomInput';

const refuse = (reason: string) =>
  new ModelInputError('BACKBONE', `The file was run on random images: ${reason}`);

/** Returns the first of two random images, or both. */
function inputTensor(contract: BackboneContract, preprocessing: Preprocessing, count: 1 | 2) {
  const { inputSize, takesBytes } = contract;
  const shape = [count, inputSize, inputSize, 3];
  const values = randomInput(2, inputSize, preprocessing).subarray(0, count * inputSize ** 2 * 3);
  if (!takesBytes) return new Tensor('float32', values, shape);
  const { scale, offset } = preprocessing;
  const bytes = Uint8Array.from(values, (value, at) =>
    Math.round((value - offset[at % 3]!) / scale[at % 3]!),
  );
  return new Tensor('uint8', bytes, shape);
}

/** Returns the outputs of a batch after checking their shapes and values. */
async function embed(session: InferenceSession, contract: BackboneContract, input: Tensor) {
  const count = input.dims[0]!;
  const wanted = ['embedding', ...(contract.hasFeatureMap ? ['feature_map'] : [])];
  const results = await session.run({ [contract.inputName]: input }, wanted);
  const { embedding, feature_map: map } = results;
  if (!embedding || embedding.dims.join() !== [count, contract.embeddingSize].join())
    throw refuse(`${count} images give [${embedding?.dims.join(', ')}] for \`embedding\``);
  if (map && (map.dims.length !== 4 || map.dims[0] !== count || map.type !== 'float32'))
    throw refuse(`\`feature_map\` is ${map.type} [${map.dims.join(', ')}], not [N, C, h, w]`);
  const values = embedding.data as Float32Array;
  if (!values.every(Number.isFinite)) throw refuse('its values are not finite');
  return { values, embedding, map };
}

/**
 * Runs a backbone's file on two random images, together and separately. The outputs need the
 * declared shapes, have to be finite, differ between images, and be equal in every batch.
 *
 * @returns the feature map of the first image, if the file has one
 * @throws ModelInputError `BACKBONE`
 */
export async function dryRun(
  file: Uint8Array,
  contract: BackboneContract,
  preprocessing: Preprocessing,
): Promise<FeatureMap | undefined> {
  const session = await InferenceSession.create(file, { logSeverityLevel: 4 });
  try {
    const batch = (count: 1 | 2) =>
      embed(session, contract, inputTensor(contract, preprocessing, count));
    const { values: both } = await batch(2);
    const { values: alone, embedding, map } = await batch(1);
    const size = contract.embeddingSize;
    const largest = both.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
    const differs = (from: number, other: Float32Array, at: number) =>
      Math.abs(both[from + at]! - other[at]!) > 1e-3 * largest;
    const indices = Array.from({ length: size }, (_, at) => at);
    if (indices.some((at) => differs(0, alone, at)))
      throw refuse('the embedding of an image alone differs from that in a batch');
    if (!indices.some((at) => differs(size, alone, at)))
      throw refuse('two different images have the same embedding');
    const about = { id: 'in the file', embeddingSize: size };
    return map && readFeatureMap(about, map, embedding);
  } catch (error) {
    if (error instanceof ModelInputError) throw error;
    throw refuse(error instanceof Error ? error.message : String(error));
  } finally {
    await session.release();
  }
}

/** Runs a backbone's file on one random image. What it computes is not checked. */
export async function runOnce(
  file: Uint8Array,
  contract: BackboneContract,
  preprocessing: Preprocessing,
): Promise<void> {
  const session = await InferenceSession.create(file, { logSeverityLevel: 4 });
  try {
    await session.run({ [contract.inputName]: inputTensor(contract, preprocessing, 1) });
  } finally {
    await session.release();
  }
}
