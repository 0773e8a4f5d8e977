import { mutate } from './calls';
import { lease, type Scene } from './scene';

export async function changeClasses({ dataset, ada }: Scene): Promise<void> {
  const { client } = ada;
  const grey = { datasetId: dataset.id, name: 'grey', color: '#888888' };
  const { class: added } = await mutate<{ class: { id: string } }>(
    client,
    'addClass',
    grey,
    'class { id }',
  );
  await mutate(client, 'archiveClass', { id: added.id, archived: true }, 'class { id }');
  const [first] = dataset.classes;
  const changes = { id: first?.id, name: 'crimson', hotkey: 'x', color: '#c01030' };
  await mutate(client, 'updateClass', changes, 'class { id }');
  const classIds = dataset.classes.map(({ id }) => id).reverse();
  await mutate(client, 'reorderClasses', { datasetId: dataset.id, classIds }, 'dataset { id }');
}

export async function makeSecondRunCurrent({ ada, dataset }: Scene): Promise<void> {
  const { dataset: read } = await ada.client.request<{
    dataset: { retrainRuns: { nodes: { id: string; number: number }[] } };
  }>('query ($id: ID!) { dataset(id: $id) { retrainRuns { nodes { id number } } } }', {
    id: dataset.id,
  });
  const second = read.retrainRuns.nodes.find(({ number }) => number === 2);
  await mutate(ada.client, 'makeRunCurrent', { id: second?.id }, 'run { id }');
}

/** One certificate cancelled, another one with two audited images and others that wait. */
export async function audit(scene: Scene): Promise<void> {
  const { ada, cleo, dataset, classOf } = scene;
  const settings = { id: dataset.id, certificateEpsilon: 0.3, certificateAlpha: 0.1 };
  await mutate(ada.client, 'updateDataset', settings, 'dataset { id }');
  const { certificatePlan } = await ada.client.request<{
    certificatePlan: { obstacle: string | null; chosen: { threshold: number } | null };
  }>('query ($id: ID!) { certificatePlan(datasetId: $id) { obstacle chosen { threshold } } }', {
    id: dataset.id,
  });
  if (!certificatePlan.chosen) throw new Error(`No certificate: ${certificatePlan.obstacle}`);
  const input = { datasetId: dataset.id, threshold: certificatePlan.chosen.threshold };
  const start = () =>
    mutate<{ certificate: { id: string } }>(
      ada.client,
      'startCertificate',
      input,
      'certificate { id }',
    );
  const { certificate } = await start();
  await mutate(ada.client, 'cancelCertificate', { id: certificate.id }, 'certificate { id }');
  await start();
  const tasks = await lease(scene, cleo, 'AUDIT', 2);
  for (const task of tasks) await cleo.answerTask(task, classOf(task.image.fileName));
}

export async function exportTwice({ ada, dataset }: Scene): Promise<void> {
  const predictions = { include: 'LABELS_AND_PREDICTIONS', minConfidence: 0.5 };
  for (const choice of [{ include: 'LABELS' }, predictions])
    await mutate(
      ada.client,
      'exportDataset',
      { datasetId: dataset.id, ...choice },
      'export { id }',
    );
}
