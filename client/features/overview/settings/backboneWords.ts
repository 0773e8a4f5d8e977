import type { LibBackboneChangeFragment } from '../../../gql/operations';
import { formatCount, formatDuration } from '../../../lib/format';

type Change = Omit<LibBackboneChangeFragment, '__typename' | 'backbone'> & {
  backbone: { name: string } | null;
};

export const nextBackboneName = ({
  backbone,
  backboneId,
}: Pick<Change, 'backbone' | 'backboneId'>) => backbone?.name ?? backboneId;

/** Describes the progress: "1,234 of 8,677 images embedded · 45 images/s · 2 min left". */
export function changeProgress(change: Change): string {
  const { embedded, failed, total, run, imagesPerSecond, secondsLeft } = change;
  const parts = [
    `${formatCount(embedded)} of ${formatCount(total)} images embedded`,
    imagesPerSecond && `${imagesPerSecond.toFixed(imagesPerSecond < 10 ? 1 : 0)} images/s`,
    secondsLeft !== null && `${formatDuration(secondsLeft)} left`,
  ];
  if (embedded + failed < total) return parts.filter(Boolean).join(' · ');
  if (run?.status === 'FAILED' || run?.status === 'CANCELLED')
    return `Every image is embedded, but round ${run.number} ${run.status === 'FAILED' ? 'failed' : 'was cancelled'}. The next run switches the backbone.`;
  if (run)
    return `Every image is embedded. Round ${run.number} is being fitted and then switches the backbone.`;
  return 'Every image is embedded. The next run switches the backbone.';
}
