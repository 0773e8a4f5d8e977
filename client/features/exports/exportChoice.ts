import type { ExportDatasetInput, ImageFilter } from '../../gql/operations';

export interface ExportChoice {
  /** Includes unlabelled images with their predicted class. */
  predictions: boolean;
  /** Minimum confidence of a prediction, in whole percent. */
  minPercent: number;
}

export const defaultChoice: ExportChoice = { predictions: false, minPercent: 90 };

/** Selects the images that the predictions would add. */
export const filterOfChoice = ({ minPercent }: ExportChoice): ImageFilter => ({
  labelled: false,
  minConfidence: minPercent / 100,
});

export const inputOfChoice = (datasetId: string, choice: ExportChoice): ExportDatasetInput =>
  choice.predictions
    ? { datasetId, include: 'LABELS_AND_PREDICTIONS', minConfidence: choice.minPercent / 100 }
    : { datasetId, include: 'LABELS' };
