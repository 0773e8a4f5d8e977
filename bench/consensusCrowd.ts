import { Pool, orderQueue } from '../models/acquisition';
import { secondOpinions, type Answers, noConsensus } from '../models/consensus';
import type { Random } from '../models/numeric';
import type { SimulatedAnnotator } from './annotators';
import { retrainRound, type Round, type RoundState } from './consensusRound';
import type { Material } from './material';
import { takeRows } from './split';

const firstImages = 303;
const batch = 100;
const maxAnswers = 5;

type Triple = [row: number, annotator: number, answer: number];

/** People who are asked about one image after another, never twice about the same image. */
export class Crowd {
  readonly triples: Triple[] = [];
  private readonly asked = new Map<number, Map<number, number>>();

  constructor(
    private readonly people: readonly SimulatedAnnotator[],
    private readonly random: Random,
  ) {}

  count = (row: number): number => this.asked.get(row)?.size ?? 0;

  isDivided = (row: number): boolean => new Set(this.asked.get(row)?.values()).size > 1;

  /** Asks a random person who has not answered this image. */
  ask(row: number): void {
    const given = this.asked.get(row) ?? new Map<number, number>();
    const free = [...this.people.keys()].filter((who) => !given.has(who));
    const who = free[this.random.below(free.length)]!;
    const answer = this.people[who]!.answer(row);
    this.asked.set(row, given.set(who, answer));
    this.triples.push([row, who, answer]);
  }

  answers({ rows, classes }: Material): Answers {
    const column = (at: 0 | 1 | 2) => Int32Array.from(this.triples, (triple) => triple[at]);
    const [row, annotator, answer] = [column(0), column(1), column(2)];
    return { rows, classes, annotators: this.people.length, row, annotator, answer };
  }
}

function marginsOf(probabilities: Float32Array, classes: number): Float32Array {
  const margins = new Float32Array(probabilities.length / classes);
  for (let row = 0; row < margins.length; row++) {
    const said = probabilities.slice(row * classes, (row + 1) * classes).sort();
    margins[row] = said.at(-1)! - said.at(-2)!;
  }
  return margins;
}

const pools = new WeakMap<Material, Pool>();

/** The material's pool. All rounds use its sketch and neighbours. */
function poolOf(material: Material): Pool {
  const { rows, dimensions, features } = material;
  const pool = pools.get(material) ?? new Pool(rows, dimensions, () => features);
  pools.set(material, pool);
  return pool;
}

function likeliest(probabilities: Float32Array, row: number, classes: number): number {
  const said = probabilities.subarray(row * classes, (row + 1) * classes);
  return said.indexOf(Math.max(...said));
}

/** Returns the first images of the queue. */
async function newImages(
  material: Material,
  pool: Int32Array,
  crowd: Crowd,
  round: Round | undefined,
  count: number,
  seed: number,
) {
  const candidates = pool.filter((row) => crowd.count(row) === 0);
  const labelled = pool.filter((row) => crowd.count(row) > 0);
  const { classes } = material;
  const state = {
    pool: poolOf(material),
    read: (wanted: Int32Array) => takeRows(material, wanted),
    ...{ candidates, labelled, classes, seed },
    labels: labelled.map((row) => (round ? likeliest(round.probabilities, row, classes) : 0)),
    scores: round && { margin: marginsOf(round.probabilities, classes) },
  };
  const { order } = await orderQueue(state, count);
  return order.subarray(0, count);
}

function again(
  material: Material,
  pool: Int32Array,
  crowd: Crowd,
  { scores }: Round,
  count: number,
) {
  const counts = Int32Array.from({ length: material.rows }, (_, row) => crowd.count(row));
  const candidates = pool.filter((row) => counts[row]! < maxAnswers);
  return secondOpinions({ scores, counts, candidates, batch: count });
}

/**
 * Collects `budget` answers batch by batch, as the product would ask for them. Returns the last
 * run.
 */
export async function collectAnswers(
  material: Material,
  pool: Int32Array,
  crowd: Crowd,
  budget: number,
  seed: number,
): Promise<Round> {
  let round: Round | undefined;
  let state: RoundState = { consensus: new Int32Array(material.rows).fill(noConsensus) };
  while (!round || crowd.triples.length < budget) {
    const count = round ? Math.min(batch, budget - crowd.triples.length) : firstImages;
    const repeated = round ? again(material, pool, crowd, round, count) : new Int32Array(0);
    const fresh = await newImages(material, pool, crowd, round, count - repeated.length, seed);
    for (const row of [...repeated, ...fresh]) crowd.ask(row);
    state = round = await retrainRound(material, crowd.answers(material), state, seed);
  }
  return round;
}
