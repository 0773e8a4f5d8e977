import { Alert, Badge, Group, Stack, Table, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { RunProgress } from '../../../components/RunProgress';
import type { LibRunFragment, Recipe, RunsDetailQuery } from '../../../gql/operations';
import { ClassScores } from './ClassScores';
import { ConfusionList } from '../confusion/ConfusionList';
import { ConfusionMatrix } from '../confusion/ConfusionMatrix';
import { formatCount, formatDuration, formatMoment, formatPercent } from '../../../lib/format';
import { EpochCurve } from './EpochCurve';
import { PhaseSeconds } from '../phases/PhaseSeconds';
import { PhaseSteps } from '../phases/PhaseSteps';
import { ReliabilityDiagram } from './ReliabilityDiagram';
import { balanceWords } from '../train/trainForm';
import { isActive, recipeWords, statusWords, triggerWords } from '../runWords';
import styles from './RunDetail.module.css';

type Metrics = NonNullable<LibRunFragment['metrics']>;

interface FactsProps {
  run: LibRunFragment;
  /** The names of backbones by id. */
  backbones: readonly { id: string; name: string }[];
}

interface Props extends FactsProps {
  run: NonNullable<RunsDetailQuery['retrainRun']>;
  datasetId: string;
  /** The buttons for this run. */
  actions: ReactNode;
}

/** Draws everything about one run from its data. */
export function RunDetail({ run, backbones, datasetId, actions }: Props) {
  const { words, color } = statusWords[run.status];
  return (
    <Stack gap="lg">
      <Group gap="xs">
        <Badge variant="light" color={color} tt="none">
          {words}
        </Badge>
        <Text size="sm" c="dimmed">
          {recipeWords[run.recipe]} ·{' '}
          {run.startedBy ? `started by ${run.startedBy.name}` : triggerWords[run.trigger]}
        </Text>
      </Group>
      {actions}
      {run.failure && (
        <Alert color="red" variant="light" icon={<IconAlertTriangle />} title="The run failed">
          {run.failure}
        </Alert>
      )}
      {isActive(run.status) && <RunProgress run={run} />}
      {isActive(run.status) && <PhaseSteps run={run} />}
      {run.training && <EpochCurve training={run.training} />}
      {run.metrics && <Accuracies metrics={run.metrics} />}
      {run.calibration && <ReliabilityDiagram calibration={run.calibration} />}
      <ConfusionMatrix confusions={run.confusions} datasetId={datasetId} />
      {run.status === 'PUBLISHED' && <ConfusionList run={run} datasetId={datasetId} />}
      <ClassScores scores={run.classes} />
      {run.metrics && run.metrics.phaseSeconds.length > 0 && (
        <PhaseSeconds phases={run.metrics.phaseSeconds} />
      )}
      <Facts run={run} backbones={backbones} />
    </Stack>
  );
}

function Accuracies({ metrics }: { metrics: Metrics }) {
  const rows = [
    {
      name: 'Validation',
      accuracy: metrics.validationAccuracy,
      loss: metrics.validationLoss,
      count: metrics.validationCount,
    },
    {
      name: 'Test',
      accuracy: metrics.testAccuracy,
      loss: metrics.testLoss,
      count: metrics.testCount,
    },
    {
      name: 'Training',
      accuracy: metrics.trainAccuracy,
      loss: metrics.trainLoss,
      count: metrics.trainCount,
    },
  ];
  return (
    <section aria-label="Metrics">
      <Title order={3} size="h6" mb="xs">
        Metrics
      </Title>
      <Table className="tabular" withRowBorders={false} verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Measured on</Table.Th>
            <Table.Th ta="right">Labels</Table.Th>
            <Table.Th ta="right">Accuracy</Table.Th>
            <Table.Th ta="right">Loss</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ name, accuracy, loss, count }) => (
            <Table.Tr key={name}>
              <Table.Td>{name}</Table.Td>
              <Table.Td ta="right">{formatCount(count)}</Table.Td>
              <Table.Td ta="right">
                {accuracy === null ? 'not measured' : formatPercent(accuracy, 1)}
              </Table.Td>
              <Table.Td ta="right">{loss === null ? '–' : loss.toFixed(4)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="xs" c="dimmed" mt={4}>
        Validation and test labels are predicted by models that were not trained on them. The
        published model is trained on every label, so its training accuracy says nothing about new
        images.
      </Text>
    </section>
  );
}

function Facts({ run, backbones }: FactsProps) {
  const nameOf = (id: string) => backbones.find((each) => each.id === id)?.name ?? id;
  const facts: [string, string | null][] = [
    ['Labels in the snapshot', run.labelCount === null ? null : formatCount(run.labelCount)],
    ['Classes', run.classCount === null ? null : formatCount(run.classCount)],
    ['Images rescored', run.metrics ? formatCount(run.metrics.rescoredCount) : null],
    ['Backbone', run.backbone && nameOf(run.backbone)],
    ['L2 penalty', run.metrics?.l2 ? String(Number(run.metrics.l2.toPrecision(3))) : null],
    ['Engine', run.engine],
    ...trainingFacts(run, nameOf),
    ['Queued', formatMoment(run.queuedAt)],
    ['Started', run.startedAt && formatMoment(run.startedAt)],
    ['Finished', run.finishedAt && formatMoment(run.finishedAt)],
    ['Duration', run.seconds === null ? null : formatDuration(run.seconds)],
    ['Attempts', formatCount(run.attempt)],
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="tabular">{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

/** Lists the options that the network was trained with. */
function trainingFacts(
  { options, training, recipe }: LibRunFragment,
  nameOf: (id: string) => string,
): [string, string | null][] {
  if (!options) return [];
  const { epochs, flip, rotationDegrees, zoom, balance, fromBlock, baseBackboneId } = options;
  const changes = [
    flip && 'flipped',
    rotationDegrees > 0 && `rotated up to ${rotationDegrees}°`,
    zoom > 0 && `scaled up to ${formatPercent(zoom)}`,
  ].filter(Boolean);
  return [
    ['Base backbone', baseBackboneId && nameOf(baseBackboneId)],
    ['First trained block', fromBlock],
    ['Epochs', `${training?.epochs.length ?? 0} of at most ${epochs}`],
    ['Learning rate', String(options.learningRate)],
    ['Augmentation', changes.join(', ') || 'unchanged'],
    ['Class balance', balanceWords[balance]],
    ['Initial weights', initialWeights(options, recipe)],
    ['Old images per new image', options.replayRatio === null ? null : String(options.replayRatio)],
    ['Speed', training?.imagesPerSecond ? `${training.imagesPerSecond.toFixed(1)} images/s` : null],
  ];
}

function initialWeights(
  { continueLast, shrink, perturb }: NonNullable<LibRunFragment['options']>,
  recipe: Recipe,
) {
  if (!continueLast) return recipe === 'FINETUNE' ? 'pretrained' : 'random';
  const changes = [
    shrink !== null && shrink !== 1 && `scaled to ${formatPercent(shrink)}`,
    perturb !== null && perturb !== 0 && `${formatPercent(perturb)} noise`,
  ].filter(Boolean);
  return ['from the last network', ...changes].join(', ');
}
