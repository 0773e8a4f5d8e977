import { useParams } from 'react-router';

/**
 * The address of each page of a dataset. Features link to each other by address, never by import.
 */
export const datasetPaths = {
  overview: (id: string) => `/datasets/${encodeURIComponent(id)}`,
  label: (id: string) => `/datasets/${encodeURIComponent(id)}/label`,
  confirm: (id: string) => `/datasets/${encodeURIComponent(id)}/confirm`,
  images: (id: string) => `/datasets/${encodeURIComponent(id)}/images`,
  /** Images labelled as one class and predicted as another or the same class. */
  confused: (id: string, classId: string, predictedClassId: string) =>
    `/datasets/${encodeURIComponent(id)}/images?${new URLSearchParams({ class: classId, predicted: predictedClassId }).toString()}`,
  /** Images similar to these. `all` includes labelled images. */
  similar: (id: string, imageIds: readonly string[], all = false) =>
    `/datasets/${encodeURIComponent(id)}/similar?${new URLSearchParams([
      ...imageIds.map((imageId) => ['image', imageId]),
      ...(all ? [['labelled', 'all']] : []),
    ]).toString()}`,
  upload: (id: string) => `/datasets/${encodeURIComponent(id)}/upload`,
  classes: (id: string) => `/datasets/${encodeURIComponent(id)}/classes`,
  runs: (id: string) => `/datasets/${encodeURIComponent(id)}/runs`,
  run: (id: string, runId: string) =>
    `/datasets/${encodeURIComponent(id)}/runs/${encodeURIComponent(runId)}`,
  certificate: (id: string) => `/datasets/${encodeURIComponent(id)}/certificate`,
  audit: (id: string) => `/datasets/${encodeURIComponent(id)}/audit`,
  compare: (id: string, fromRunId: string, toRunId: string) =>
    `/datasets/${encodeURIComponent(id)}/runs/compare?${new URLSearchParams({ from: fromRunId, to: toRunId }).toString()}`,
  annotators: (id: string) => `/datasets/${encodeURIComponent(id)}/annotators`,
  review: (id: string) => `/datasets/${encodeURIComponent(id)}/review`,
  export: (id: string) => `/datasets/${encodeURIComponent(id)}/export`,
} as const;

/** Returns the dataset id from the address, on every page below `/datasets/:datasetId`. */
export function useDatasetId(): string {
  const { datasetId } = useParams();
  if (!datasetId) throw new Error('useDatasetId is used outside a dataset page');
  return datasetId;
}
