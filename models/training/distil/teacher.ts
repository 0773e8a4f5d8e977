import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { DistilBatch } from './distil';
import { viewPhoto } from './views';

/** The teacher net in ONNX Runtime. */
export interface Teacher {
  inputSize: number;
  embeddingSize: number;
  /**
   * Computes embeddings.
   *
   * @param pixels count × inputSize × inputSize × 3, preprocessed
   * @returns count × embeddingSize
   */
  embed(pixels: Float32Array, count: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Loads the ONNX file of a teacher. */
export async function openTeacher(file: string, threads: number): Promise<Teacher> {
  const session = await InferenceSession.create(file, { intraOpNumThreads: threads });
  const [input] = session.inputMetadata;
  const output = session.outputMetadata.find(({ name }) => name === 'embedding');
  if (!input?.isTensor || !output?.isTensor) throw new TypeError(`${file} is not a backbone`);
  const inputSize = Number(input.shape[1]);
  return {
    inputSize,
    embeddingSize: Number(output.shape[1]),
    embed: async (pixels, count) => {
      const images = new Tensor('float32', pixels, [count, inputSize, inputSize, 3]);
      const { embedding } = await session.run({ [input.name]: images }, ['embedding']);
      return embedding!.data as Float32Array;
    },
    dispose: () => session.release(),
  };
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const [first] = parts;
  const joined = new Float32Array(parts.length * (first?.length ?? 0));
  for (const [index, part] of parts.entries()) joined.set(part, index * part.length);
  return joined;
}

/** Computes the teacher's mean embedding over photos without augmentation. */
export async function meanEmbedding(
  teacher: Teacher,
  files: readonly string[],
): Promise<Float32Array> {
  const sums = new Float64Array(teacher.embeddingSize);
  for (const file of files) {
    const [pixels] = await viewPhoto(file, [teacher.inputSize], undefined);
    const embedding = await teacher.embed(pixels!, 1);
    for (let j = 0; j < sums.length; j++) sums[j]! += embedding[j]!;
  }
  return Float32Array.from(sums, (sum) => sum / files.length);
}

export interface DistilBatchOptions {
  files: readonly string[];
  batchSize: number;
  inputSize: number;
  seed: number;
  /** The order of the photos in a round, as a permutation of their indices. */
  orderOf: (round: number) => readonly number[];
}

/**
 * Yields endless batches. It decodes the next photos while the student trains on the current ones.
 */
export async function* distilBatches(
  teacher: Teacher,
  options: DistilBatchOptions,
): AsyncGenerator<DistilBatch> {
  const { files, inputSize, seed } = options;
  const sizes = [inputSize, teacher.inputSize];
  const views = photoSequence(options);
  const decode = () =>
    Promise.all(
      Array.from({ length: options.batchSize }, () => {
        const { photo, round } = views.next().value;
        return viewPhoto(files[photo]!, sizes, `${seed}:${round}:${photo}`);
      }),
    );
  for (let next = decode(); ;) {
    const views = await next;
    next = decode();
    const teacherPixels = concatenate(views.map(([, large]) => large!));
    yield {
      pixels: concatenate(views.map(([small]) => small!)),
      embeddings: await teacher.embed(teacherPixels, views.length),
    };
  }
}

function* photoSequence({
  orderOf,
}: DistilBatchOptions): Generator<{ photo: number; round: number }, never> {
  for (let round = 0; ; round++) for (const photo of orderOf(round)) yield { photo, round };
}
