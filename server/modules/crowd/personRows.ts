import type { DataSource } from 'typeorm';

/** What one person answered in a dataset, counted. */
export interface PersonRow {
  user_id: string;
  labels: number;
  gold_right: number;
  gold_count: number;
  blind_right: number;
  blind_count: number;
  shown_right: number;
  shown_count: number;
}

/**
 * Only tasks of the hard lane are comparable, because chance decides there whether a prediction is
 * shown.
 */
const isComparable = `label.lane = 'HARD' AND label_event.predicted_class_id IS NOT NULL`;
const askedWhere = (condition: string) =>
  `count(*) FILTER (WHERE ${isComparable} AND ${condition})::int`;
const agreedWhere = (condition: string) =>
  `count(*) FILTER (WHERE ${isComparable} AND ${condition} AND label_event.predicted_class_id = label.class_id)::int`;

/**
 * Everybody who has a label in force, except imported ones. Most labels first.
 *
 * @param without ids of images to leave out
 */
export function readPeople(
  dataSource: DataSource,
  datasetId: string,
  without: readonly string[],
): Promise<PersonRow[]> {
  return dataSource.query(
    `SELECT label.user_id, count(*)::int AS labels,
       count(*) FILTER (WHERE gold.class_id = label.class_id)::int AS gold_right,
       count(gold.image_id)::int AS gold_count,
       ${agreedWhere('label.blind')} AS blind_right, ${askedWhere('label.blind')} AS blind_count,
       ${agreedWhere('NOT label.blind')} AS shown_right, ${askedWhere('NOT label.blind')} AS shown_count
     FROM label
     -- the person who set the class of a gold image is not measured on it
     LEFT JOIN gold ON gold.image_id = label.image_id AND gold.user_id <> label.user_id
     LEFT JOIN label_event ON label_event.label_id = label.id AND label_event.kind = 'recorded'
     WHERE label.dataset_id = $1 AND label.in_force AND label.origin <> 'IMPORTED'
       AND label.image_id <> ALL($2::uuid[])
     GROUP BY label.user_id ORDER BY labels DESC, label.user_id`,
    [datasetId, without],
  );
}
