import { InferenceSession } from 'onnxruntime-node';
import { ModelInputError } from '../errors';
import { readOnnxModel } from '../onnx/read';
import { readDescription, type BackboneDescription } from './metadata';

/** The inputs and outputs of a backbone's file. */
export interface BackboneContract {
  inputName: string;
  /** Edge of the square input in pixels. */
  inputSize: number;
  /** Whether the input is bytes (uint8), so that preprocessing is part of the file. */
  takesBytes: boolean;
  /** Values per embedding. */
  embeddingSize: number;
  /** Whether it also outputs the feature map before pooling, which explanations need. */
  hasFeatureMap: boolean;
  description: BackboneDescription;
}

/** A file with larger sizes is a mistake, or is meant to exhaust the memory. */
const largest = { inputSize: 4096, embeddingSize: 65_536 } as const;

type Metadata = InferenceSession.ValueMetadata;

const refuse = (reason: string) => new ModelInputError('BACKBONE', reason);

const describeShape = (value: Metadata | undefined): string =>
  value?.isTensor ? `${value.type} [${value.shape.join(', ')}]` : 'nothing';

function readInput(inputs: readonly Metadata[]) {
  const [input] = inputs;
  const fits =
    inputs.length === 1 &&
    input?.isTensor &&
    (input.type === 'float32' || input.type === 'uint8') &&
    input.shape.length === 4 &&
    typeof input.shape[1] === 'number' &&
    input.shape[1] === input.shape[2] &&
    input.shape[3] === 3;
  if (!fits)
    throw refuse(
      `its input is ${inputs.map(describeShape).join(' and ')}, not one float32 or uint8 [N, S, S, 3]`,
    );
  if (typeof input.shape[0] === 'number' && input.shape[0] >= 0)
    throw refuse(`its input takes ${input.shape[0]} images at a time; export it with an open N`);
  const inputSize = Number(input.shape[1]);
  if (!(inputSize >= 1 && inputSize <= largest.inputSize))
    throw refuse(`its input is ${inputSize} pixels wide; at most ${largest.inputSize} are taken`);
  return { inputName: input.name, inputSize, takesBytes: input.type === 'uint8' };
}

function readOutputs(outputs: readonly Metadata[]) {
  const embedding = outputs.find(({ name }) => name === 'embedding');
  const fits =
    embedding?.isTensor &&
    embedding.type === 'float32' &&
    embedding.shape.length === 2 &&
    typeof embedding.shape[1] === 'number';
  if (!fits)
    throw refuse(
      `its output \`embedding\` is ${describeShape(embedding)}, not a float32 [N, values]`,
    );
  const embeddingSize = Number(embedding.shape[1]);
  if (!(embeddingSize >= 1 && embeddingSize <= largest.embeddingSize))
    throw refuse(`an embedding has ${embeddingSize} values; at most ${largest.embeddingSize}`);
  const hasFeatureMap = outputs.some(({ name }) => name === 'feature_map');
  return { embeddingSize, hasFeatureMap };
}

async function open(file: Uint8Array): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(file, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Reads the inputs and outputs of a backbone's file: one input of float32 or bytes [N, S, S, 3], an
 * output `embedding` of float32 [N, values], and an optional output `feature_map`. No path in the
 * file is followed: our own reader checks the file first and refuses what it does not know. ONNX
 * Runtime alone would open other files that it names.
 *
 * @throws ModelInputError `BACKBONE` with the reason
 */
export async function readContract(file: Uint8Array): Promise<BackboneContract> {
  const description = readDescription(readOnnxModel(file).metadata);
  const session = await open(file);
  try {
    const input = readInput(session.inputMetadata);
    return { ...input, ...readOutputs(session.outputMetadata), description };
  } finally {
    await session.release();
  }
}
