import type { LibRunFragment, Recipe } from '../../../gql/operations';
import { formatCount, formatDuration, formatMoment, formatPercent } from '../../../lib/format';
import { balanceWords } from '../train/trainForm';
import styles from './RunFacts.module.css';

interface Props {
  run: LibRunFragment;
  /** The names of backbones by id. */
  backbones: readonly { id: string; name: string }[];
}

/** Lists the facts of a run. Unknown ones are left out. */
export function RunFacts({ run, backbones }: Props) {
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
