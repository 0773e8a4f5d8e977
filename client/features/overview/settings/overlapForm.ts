import type { OverlapMode, OverviewDatasetFragment } from '../../../gql/operations';

/** What the form holds: shares in percent, as people write them. */
export interface OverlapValues {
  overlapMode: OverlapMode;
  overlap: number | string;
  overlapPercent: number | string;
  blindPercent: number | string;
}

type Settings = Pick<
  OverviewDatasetFragment,
  'overlapMode' | 'overlap' | 'overlapShare' | 'blindShare'
>;

const toPercent = (share: number): number => Math.round(1000 * share) / 10;

export const overlapValues = (settings: Settings): OverlapValues => ({
  overlapMode: settings.overlapMode,
  overlap: settings.overlap,
  overlapPercent: toPercent(settings.overlapShare),
  blindPercent: toPercent(settings.blindShare),
});

/** A field left empty counts as 0, or one answer. */
export const overlapInput = (values: OverlapValues): Settings => ({
  overlapMode: values.overlapMode,
  overlap: Number(values.overlap) || 1,
  overlapShare: (Number(values.overlapPercent) || 0) / 100,
  blindShare: (Number(values.blindPercent) || 0) / 100,
});
