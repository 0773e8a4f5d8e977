import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from '../demo/api';
import { seededRandom, type Random } from '../models/numeric';
import { gridCost, type NextGrid } from '../shared/gridCost';
import { confirmGridSize } from '../shared/limits';
import { keysToLabel, type AnnotatedClass } from './annotating';
import { photoFolder } from './material';
import { openProject, type Project } from './project';

const seed = 1;
const autoRetrainAfter = 50;
/**
 * Number of single labels before the first grid: about as many as make nine of ten predictions
 * correct.
 */
const labelsPerClassFirst = 5;
const hardAtOnce = 20;
/** The person returns to single images if the mean confidence of the next grid is below this. */
const gridConfidence = 0.75;
/** Share of a grid's wrong images that the annotator overlooks. */
const overlooked = 0.05;

interface Task {
  leaseToken: string;
  image: {
    id: string;
    sha256: string;
    prediction: { confidence: number; top: { class: { id: string } }[] } | null;
  };
}
interface State {
  counts: { images: number; labelled: number };
  labelsSinceLastRun: number;
  activeRun: { id: string } | null;
  classes: (AnnotatedClass & { nextGrid: NextGrid | null })[];
}

const failure = 'error { __typename message }';
const leaseTasks = `mutation ($input: LeaseTasksInput!) { leaseTasks(input: $input) {
  tasks { leaseToken image { id sha256 prediction { confidence top { class { id } } } } } ${failure} } }`;
const skipTask = `mutation ($input: SkipTaskInput!) { skipTask(input: $input) { image { id } ${failure} } }`;
const recordLabels = `mutation ($input: RecordLabelsInput!) { recordLabels(input: $input) {
  results { error { message } } ${failure} } }`;
const stateQuery = `query ($id: ID!) { dataset(id: $id) {
  counts { images labelled } labelsSinceLastRun activeRun { id }
  classes { id name hotkey nextGrid { images confidence } } } }`;

/** One person who labels everything, and the keys and clicks that they need. */
class Annotator {
  /** Keys and clicks. */
  readonly actions = { hard: 0, confirm: 0 };
  readonly images = { hard: 0, confirm: 0 };
  private readonly given = new Map<string, string>();
  private readonly random: Random;

  constructor(private readonly project: Project) {
    this.random = seededRandom(`annotator ${seed}`);
  }

  async work(): Promise<void> {
    const first = labelsPerClassFirst * this.project.classes.length;
    while (this.images.hard < first) if (!(await this.labelHard())) return;
    for (;;) {
      while (await this.confirmSome()) await this.untilLearnt();
      if (!(await this.labelHard())) return;
      const done = this.images.hard + this.images.confirm;
      console.log(`${done} labelled, ${(this.total / done).toFixed(3)} actions each`);
    }
  }

  get total(): number {
    return this.actions.hard + this.actions.confirm;
  }

  correct(): number {
    const { truth } = this.project;
    return [...this.given].filter(([sha256, id]) => truth.get(sha256)?.id === id).length;
  }

  get labelled(): number {
    return this.given.size;
  }

  /** Labels a few single images. Returns false when there are none left. */
  private async labelHard(): Promise<boolean> {
    const { classes } = await this.untilLearnt();
    const tasks = await this.lease({ lane: 'HARD', count: hardAtOnce });
    const answers = tasks.map((task) => {
      const right = this.rightClass(task);
      const top = task.image.prediction?.top.map((one) => one.class.id) ?? [];
      const wanted = classes.find(({ id }) => id === right)!;
      this.actions.hard += keysToLabel(wanted, classes, top);
      return { task, classId: right };
    });
    this.images.hard += tasks.length;
    await this.record(answers);
    return tasks.length > 0;
  }

  /**
   * Confirms the grid that costs the least, as the class list shows it. Returns false if no grid is
   * worth it.
   */
  private async confirmSome(): Promise<boolean> {
    const { classes } = await this.untilLearnt();
    const [best] = classes
      .flatMap(({ id, nextGrid }) => (nextGrid && isWorthwhile(nextGrid) ? [{ id, nextGrid }] : []))
      .sort((a, b) => gridCost(a.nextGrid) - gridCost(b.nextGrid));
    if (!best) return false;
    const grid = { lane: 'CONFIRM', classId: best.id, count: confirmGridSize };
    const tasks = await this.lease(grid);
    if (tasks.length > 0) await this.confirmGrid(best.id, tasks);
    return tasks.length > 0;
  }

  /** Clicks each image that is not of the class, and presses Enter. */
  private async confirmGrid(classId: string, tasks: readonly Task[]): Promise<void> {
    const isRejected = (task: Task) =>
      this.rightClass(task) !== classId && this.random.next() >= overlooked;
    const rejected = new Set(tasks.filter(isRejected));
    this.actions.confirm += rejected.size + 1;
    this.images.confirm += tasks.length - rejected.size;
    for (const { leaseToken } of rejected)
      await this.owner.mutate('skipTask', skipTask, { leaseToken });
    await this.record(
      tasks.filter((task) => !rejected.has(task)).map((task) => ({ task, classId })),
    );
  }

  /** Waits for the due runs: a person spends more time on a grid than a run takes. */
  private async untilLearnt(): Promise<State> {
    for (;;) {
      const { dataset } = await this.owner.query<{ dataset: State }>(stateQuery, {
        id: this.project.datasetId,
      });
      if (!dataset.activeRun && dataset.labelsSinceLastRun < autoRetrainAfter) return dataset;
      await delay(50);
    }
  }

  private async lease(input: { lane: string; count: number; classId?: string }): Promise<Task[]> {
    const { datasetId } = this.project;
    const wanted = { datasetId, ...input };
    return (await this.owner.mutate<{ tasks: Task[] }>('leaseTasks', leaseTasks, wanted)).tasks;
  }

  private async record(answers: readonly { task: Task; classId: string }[]): Promise<void> {
    if (answers.length === 0) return;
    const labels = answers.map(({ task, classId }) => ({
      imageId: task.image.id,
      classId,
      leaseToken: task.leaseToken,
      clientMutationId: randomUUID(),
    }));
    await this.owner.mutate('recordLabels', recordLabels, { labels });
    for (const { task, classId } of answers) this.given.set(task.image.sha256, classId);
  }

  private rightClass({ image }: Task): string {
    return this.project.truth.get(image.sha256)!.id;
  }

  private get owner(): Api {
    return this.project.people[0]!;
  }
}

/** A grid saves work only if few of its images are wrong. */
const isWorthwhile = ({ images, confidence }: NextGrid): boolean =>
  images > 1 && confidence >= gridConfidence;

/**
 * Counts clicks and keys per correctly labelled image while one person labels all of Caltech-101
 * through the API: single images of the hard lane, and grids of the confirm lane.
 */
export async function benchActions(): Promise<Record<string, unknown>> {
  const project = await openProject(photoFolder, { people: 1, autoRetrainAfter, seed });
  try {
    const annotator = new Annotator(project);
    const start = performance.now();
    await annotator.work();
    const correct = annotator.correct();
    const { length } = project.images;
    return {
      bench: 'actions',
      seed,
      images: length,
      labelled: annotator.labelled,
      correctness: correct / length,
      actionsPerCorrectLabel: annotator.total / correct,
      actions: annotator.actions,
      labels: annotator.images,
      gridSize: confirmGridSize,
      overlooked,
      seconds: (performance.now() - start) / 1000,
      limit: 'a grid without a wrong image costs one key: 1 / gridSize per image',
    };
  } finally {
    await project.close();
  }
}
