import { noConsensus } from '../models/consensus';
import { findLabelErrors } from '../models/metrics';
import { seededRandom, shuffle } from '../models/numeric';
import { softmaxRows } from '../models/training';
import { confusableClasses } from './annotators';
import { retrainRound } from './consensusRound';
import type { Material } from './material';

const plantedShare = 0.05;

/** Returns labels of random images with one in 20 replaced by a similar class. */
function plant(material: Material, pool: Int32Array, count: number, seed: number): Int32Array {
  const random = seededRandom(`planted ${seed}`);
  const alike = confusableClasses(material);
  const given = new Int32Array(material.rows).fill(noConsensus);
  for (const row of shuffle(pool.slice(), random).subarray(0, count)) {
    const label = material.labels[row]!;
    const wrong = random.next() < plantedShare;
    given[row] = wrong ? alike[label]![random.below(alike[label]!.length)]! : label;
  }
  return given;
}

/** Counts how many planted errors are found, and how many suspects are errors. */
export async function measureLabelErrors(
  material: Material,
  pool: Int32Array,
  count: number,
  seed: number,
) {
  const { rows, classes } = material;
  const given = plant(material, pool, count, seed);
  const row = Int32Array.from(given.keys()).filter((at) => given[at] !== noConsensus);
  const answer = row.map((at) => given[at]!);
  const annotator = row.map(() => 0);
  const answers = { rows, classes, annotators: 1, row, annotator, answer };
  const { logits } = await retrainRound(material, answers, { consensus: given }, seed);
  const all = softmaxRows(logits, classes);
  const probabilities = new Float32Array(row.length * classes);
  row.forEach((from, at) =>
    probabilities.set(all.subarray(from * classes, (from + 1) * classes), at * classes),
  );
  const found = findLabelErrors({ probabilities, labels: answer, classes });
  const isError = (at: number) => answer[at] !== material.labels[row[at]!];
  const right = found.suspects.filter((suspect) => isError(suspect.row)).length;
  const planted = [...row.keys()].filter(isError).length;
  return {
    planted,
    suspects: found.suspects.length,
    recall: right / Math.max(1, planted),
    precision: right / Math.max(1, found.suspects.length),
    errorShare: found.errorShare,
    jointShare: found.jointShare,
  };
}
