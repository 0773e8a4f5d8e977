import type { LibBackboneChangeFragment } from '../../../gql/operations';
import { formatCount, formatDuration } from '../../../lib/format';

type Change = Omit<LibBackboneChangeFragment, '__typename' | 'backbone'> & {
  backbone: { name: string } | null;
};

export const nextBackboneName = ({
  backbone,
  backboneId,
}: Pick<Change, 'backbone' | 'backboneId'>) => backbone?.name ?? backboneId;

/**
 * How far a change of the backbone is: "1,234 of 8,677 images embedded · 45 a second · 2 min left".
 */
export function changeProgress(change: Change): string {
  const { embedded, failed, total, run, imagesPerSecond, secondsLeft } = change;
  const parts = [
    `${formatCount(embedded)} of ${formatCount(total)} images embedded`,
    imagesPerSecond && `${imagesPerSecond.toFixed(imagesPerSecond < 10 ? 1 : 0)} a second`,
    secondsLeft !== null && `${formatDuration(secondsLeft)} left`,
  ];
  if (embedded + failed < total) return parts.filter(Boolean).join(' · ');
  if (run?.status === 'FAILED' || run?.status === 'CANCELLED')
    return `Every image is embedded, but round ${run.number} ${run.status === 'FAILED' ? 'failed' : 'was cancelled'}: the next run switches.`;
  if (run) return `Every image is embedded; round ${run.number} is fitted on it and then switches.`;
  return 'Every image is embedded; the run that switches comes next.';
}
