import type { OverlapMode, OverviewDatasetFragment } from '../../../gql/operations';

/** The values of the form. Shares are in percent. */
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

/** Converts the form to settings. An empty share counts as 0, an empty `overlap` as 1. */
export const overlapInput = (values: OverlapValues): Settings => ({
  overlapMode: values.overlapMode,
  overlap: Number(values.overlap) || 1,
  overlapShare: (Number(values.overlapPercent) || 0) / 100,
  blindShare: (Number(values.blindPercent) || 0) / 100,
});
