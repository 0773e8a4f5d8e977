import type { ExportDatasetInput, ImageFilter } from '../../gql/operations';

export interface ExportChoice {
  /** Also images that nobody labelled, by their prediction. */
  predictions: boolean;
  /** Whole percent. */
  minPercent: number;
}

export const wholeChoice: ExportChoice = { predictions: false, minPercent: 90 };

/** The images that predictions would add. */
export const filterOfChoice = ({ minPercent }: ExportChoice): ImageFilter => ({
  labelled: false,
  minConfidence: minPercent / 100,
});

export const inputOfChoice = (datasetId: string, choice: ExportChoice): ExportDatasetInput =>
  choice.predictions
    ? { datasetId, include: 'LABELS_AND_PREDICTIONS', minConfidence: choice.minPercent / 100 }
    : { datasetId, include: 'LABELS' };
