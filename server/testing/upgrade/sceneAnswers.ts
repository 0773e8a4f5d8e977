import { mutate, type Answer, type Task } from './calls';
import { imagesWhere, lease, type Scene } from './scene';

/** Answers, one of them undone, one replaced, one with a second label on top; a skip; a release. */
export async function labelByHand(scene: Scene): Promise<void> {
  const { ada, bob, classOf, otherThan } = scene;
  const [skipped, released, ...tasks] = (await lease(scene, ada, 'HARD', 11)) as [
    Task,
    Task,
    ...Task[],
  ];
  await ada.skip(skipped);
  await ada.release([released]);
  const answers: Answer[] = [];
  for (const task of tasks) answers.push(await ada.answerTask(task, classOf(task.image.fileName)));
  const [undone, replaced, contradicted] = answers as [Answer, Answer, Answer];
  await ada.undo(undone);
  await ada.answer(replaced.imageId, replaced.classId);
  const { fileName } = tasks[2]!.image;
  await bob.answer(contradicted.imageId, otherThan(fileName));
}

/** A grid of one class: most confirmed, one said to be something else. */
export async function confirmGrid(scene: Scene): Promise<void> {
  const { bob } = scene;
  const [rejected, ...tasks] = (await lease(scene, bob, 'CONFIRM', 6)) as [Task, ...Task[]];
  for (const task of tasks.slice(0, 4))
    await bob.answerTask(task, task.image.prediction?.class.id ?? '');
  await bob.skip(rejected);
  await bob.release(tasks.slice(4));
}

export async function giveSecondOpinions(scene: Scene): Promise<void> {
  const { ada, cleo, dataset, classOf, otherThan } = scene;
  const overlap = { overlapMode: 'SHARE', overlap: 2, overlapShare: 1 };
  const settings = { ...overlap, blindShare: 0.5, targetAccuracy: 0.9 };
  await mutate(ada.client, 'updateDataset', { id: dataset.id, ...settings }, 'dataset { id }');
  const tasks = await lease(scene, cleo, 'HARD', 10);
  for (const [at, task] of tasks.entries()) {
    const say = at === 3 ? otherThan : classOf;
    await cleo.answerTask(task, say(task.image.fileName));
  }
}

export async function setGold(scene: Scene): Promise<void> {
  const { ada, bob, cleo, classOf, otherThan } = scene;
  const images = (await imagesWhere(scene, { labelled: true, nameContains: 'red' })).slice(0, 2);
  for (const { id, fileName } of images) {
    const input = { imageId: id, classId: classOf(fileName) };
    await mutate(ada.client, 'setGoldImage', input, 'image { id }');
    await bob.answer(id, classOf(fileName));
    await cleo.answer(id, otherThan(fileName));
  }
}

export async function labelWrongly(scene: Scene): Promise<string[]> {
  const { ada, otherThan } = scene;
  const images = await imagesWhere(scene, { labelled: false, heldOut: false });
  const chosen = images.filter(({ fileName }) => fileName.startsWith('green')).slice(0, 3);
  for (const { id, fileName } of chosen) await ada.answer(id, otherThan(fileName));
  return chosen.map(({ id }) => id);
}

/** One of the cases is settled, the others go on waiting. */
export async function review(scene: Scene, mistaken: string[]): Promise<void> {
  const { bob, classOf } = scene;
  const [task] = await lease(scene, bob, 'REVIEW', 1);
  if (!task) throw new Error(`Nothing to review, although ${mistaken.length} labels are wrong.`);
  await bob.answerTask(task, classOf(task.image.fileName));
}
