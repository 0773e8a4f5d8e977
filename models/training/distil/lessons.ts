import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Lesson } from './distil';
import { viewPhoto } from './views';

/** The net that is learnt from, in ONNX Runtime. */
export interface Teacher {
  inputSize: number;
  embeddingSize: number;
  /** @param pixels count × inputSize × inputSize × 3, preprocessed @returns count × embeddingSize */
  embed(pixels: Float32Array, count: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

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

function joined(parts: readonly Float32Array[]): Float32Array {
  const [first] = parts;
  const all = new Float32Array(parts.length * (first?.length ?? 0));
  for (const [at, part] of parts.entries()) all.set(part, at * part.length);
  return all;
}

/** The teacher's mean embedding over photos as they are. */
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

export interface LessonOptions {
  files: readonly string[];
  batchSize: number;
  inputSize: number;
  seed: number;
  /** The order in which photos are shown in a round, a permutation of their places. */
  orderOf: (round: number) => readonly number[];
}

/** Endless lessons; the next one's photos are decoded while the student learns from this one. */
export async function* teach(teacher: Teacher, options: LessonOptions): AsyncGenerator<Lesson> {
  const { files, inputSize, seed } = options;
  const sizes = [inputSize, teacher.inputSize];
  const looks = inTurn(options);
  const decode = () =>
    Promise.all(
      Array.from({ length: options.batchSize }, () => {
        const { place, round } = looks.next().value;
        return viewPhoto(files[place]!, sizes, `${seed}:${round}:${place}`);
      }),
    );
  for (let next = decode(); ;) {
    const views = await next;
    next = decode();
    const seen = joined(views.map(([, large]) => large!));
    yield {
      pixels: joined(views.map(([small]) => small!)),
      embeddings: await teacher.embed(seen, views.length),
    };
  }
}

function* inTurn({ orderOf }: LessonOptions): Generator<{ place: number; round: number }, never> {
  for (let round = 0; ; round++) for (const place of orderOf(round)) yield { place, round };
}
