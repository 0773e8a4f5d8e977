import { InferenceSession, Tensor } from 'onnxruntime-node';
import { sleepingThreads } from '../engine/sleepingThreads';
import { ModelInputError, requireShape } from '../errors';
import type { Head } from './head';
import { scoreModel, type RowKind } from './scoreGraph';

/** The predictions of a head for each row. Probabilities are the softmax without calibration. */
export interface Scores {
  /** The most probable class. */
  classIndex: Int32Array;
  /** Its probability, 0 to 1. */
  confidence: Float32Array;
  /** Confidence minus the probability of the second class, 0 to 1. */
  margin: Float32Array;
  /** -Σ p ln p in nats, 0 to ln(classes). */
  entropy: Float32Array;
  /** Number of classes per row in `top` and `topConfidence`: min(5, classes). */
  topCount: number;
  /** rows × topCount: the most probable classes, most probable first. */
  top: Int32Array;
  /** rows × topCount: their probabilities. */
  topConfidence: Float32Array;
}

/** Scores rows with one head that is loaded in ONNX Runtime. `dispose` frees it. */
export interface Scorer {
  /**
   * Scores rows.
   *
   * @param features rows × dimensions: normalised like the head's training features, or, for a
   *   scorer of `halves`, embeddings as half floats
   */
  score(features: Float32Array | Uint16Array, rows: number): Promise<Scores>;
  dispose(): Promise<void>;
}

export interface ScorerInput {
  head: Head;
  dimensions: number;
  classes: number;
  /** The kind of rows; normalised features by default. Half floats are normalised in the graph. */
  rows?: RowKind;
  threads?: number | undefined;
}

const maxTopClasses = 5;
/** Rows per pass. Their floats stay in a core's cache between operators. */
const chunkRows = 1024;

function emptyScores(rows: number, topCount: number): Scores {
  return {
    classIndex: new Int32Array(rows),
    confidence: new Float32Array(rows),
    margin: new Float32Array(rows),
    entropy: new Float32Array(rows),
    topCount,
    top: new Int32Array(rows * topCount),
    topConfidence: new Float32Array(rows * topCount),
  };
}

function summarise(scores: Scores, from: number, to: number): void {
  const { topCount, top, topConfidence, classIndex, confidence, margin, entropy } = scores;
  for (let row = from; row < to; row++) {
    const best = row * topCount;
    classIndex[row] = top[best]!;
    confidence[row] = topConfidence[best]!;
    margin[row] = topCount > 1 ? topConfidence[best]! - topConfidence[best + 1]! : 1;
    entropy[row] = Math.max(0, entropy[row]!);
  }
}

function requireKind(features: Float32Array | Uint16Array, kind: RowKind): void {
  if (features instanceof Float32Array === (kind === 'features')) return;
  throw new ModelInputError('SHAPE', `Features: this scorer takes ${kind}, got the other kind`);
}

/**
 * Loads a head into ONNX Runtime to score rows in chunks.
 *
 * @throws ModelInputError `SHAPE` if the head or the features have another shape
 */
export async function createScorer(input: ScorerInput): Promise<Scorer> {
  const { head, dimensions, classes, threads, rows: kind = 'features' } = input;
  requireShape('Head weights', head.weights, dimensions, classes);
  requireShape('Head bias', head.bias, classes);
  const topCount = Math.min(maxTopClasses, classes);
  const session = await InferenceSession.create(scoreModel({ ...input, topCount, rows: kind }), {
    ...(threads ? { intraOpNumThreads: threads } : {}),
    logSeverityLevel: 3,
    extra: sleepingThreads,
  });
  const tensor = (values: Float32Array | Uint16Array, rows: number) =>
    values instanceof Float32Array
      ? new Tensor('float32', values, [rows, dimensions])
      : new Tensor('float16', values, [rows, dimensions]);
  const scoreChunk = async (
    features: Float32Array | Uint16Array,
    from: number,
    to: number,
    out: Scores,
  ) => {
    const shape = [to - from, topCount];
    const chunk = features.subarray(from * dimensions, to * dimensions);
    const top = out.top.subarray(from * topCount, to * topCount);
    const topConfidence = out.topConfidence.subarray(from * topCount, to * topCount);
    await session.run(
      { x: tensor(chunk, to - from) },
      {
        entropy: new Tensor('float32', out.entropy.subarray(from, to), [to - from]),
        top: new Tensor('int32', top, shape),
        topConfidence: new Tensor('float32', topConfidence, shape),
      },
    );
    summarise(out, from, to);
  };
  return {
    score: async (features, rows) => {
      requireShape('Features', features, rows, dimensions);
      requireKind(features, kind);
      const scores = emptyScores(rows, topCount);
      for (let from = 0; from < rows; from += chunkRows)
        await scoreChunk(features, from, Math.min(rows, from + chunkRows), scores);
      return scores;
    },
    dispose: () => session.release(),
  };
}

/** Scores rows once: opens a scorer for the kind of rows, scores them and frees it. */
export async function scoreHead(
  input: Omit<ScorerInput, 'rows'> & { features: Float32Array | Uint16Array; rows: number },
): Promise<Scores> {
  const kind = input.features instanceof Float32Array ? 'features' : 'halves';
  const scorer = await createScorer({ ...input, rows: kind });
  try {
    return await scorer.score(input.features, input.rows);
  } finally {
    await scorer.dispose();
  }
}
