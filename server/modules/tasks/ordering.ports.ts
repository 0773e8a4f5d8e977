/** How sure the current model is. The predictions module implements it. */
export interface CurrentMargins {
  /**
   * The margin of each image's prediction, by ordinal; 1 without a prediction. Undefined while there is no model.
   *
   * @param size one more than the highest ordinal
   */
  currentMargins(datasetId: string, size: number): Promise<Float32Array | undefined>;
}
