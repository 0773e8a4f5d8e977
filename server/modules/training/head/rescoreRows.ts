import type { DataSource } from 'typeorm';

export interface RescoredImage {
  id: string;
  ordinal: number;
}

/** The columns of the classes that annotators rejected in the confirm lane, by image id. */
export async function findRejectedColumns(
  dataSource: DataSource,
  datasetId: string,
  classIds: readonly string[],
): Promise<Map<string, Set<number>>> {
  const rows: { image_id: string; class_id: string }[] = await dataSource.query(
    `SELECT rejection.image_id, rejection.class_id FROM rejection
     JOIN class ON class.id = rejection.class_id WHERE class.dataset_id = $1`,
    [datasetId],
  );
  const columns = new Map(classIds.map((id, column) => [id, column]));
  const rejected = new Map<string, Set<number>>();
  for (const { image_id: imageId, class_id: classId } of rows) {
    const column = columns.get(classId);
    if (column === undefined) continue;
    rejected.set(imageId, (rejected.get(imageId) ?? new Set()).add(column));
  }
  return rejected;
}

/** The images with ordinals from `from` up to but not including `to`. */
export function findImages(
  dataSource: DataSource,
  datasetId: string,
  { from, to }: { from: number; to: number },
): Promise<RescoredImage[]> {
  return dataSource.query(
    'SELECT id, ordinal FROM image WHERE dataset_id = $1 AND ordinal >= $2 AND ordinal < $3 ORDER BY ordinal',
    [datasetId, from, to],
  );
}
