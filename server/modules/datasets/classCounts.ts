import type { DataSource } from 'typeorm';
import { ofMajority } from '../../database/labelMajority';
import { groupedBy } from '../../domain/groupedBy';
import type { Hidden } from '../../domain/blind';

/** A gold image, for class counts of people who may not know that it is gold. */
interface GoldRow {
  datasetId: string;
  imageId: string;
  /** The known class. */
  known: string;
  /** The class by its labels alone. Null without a label. */
  shown: string | null;
  /** The current prediction. Null without one, and if it is held out. */
  predicted: string | null;
}

/** An image with something hidden from a person. */
interface HiddenRow {
  imageId: string;
  isGold: boolean;
  labelled: string | null;
  /** The current prediction, if the image counts as unlabelled and not held out. */
  predicted: string | null;
}

/** What is different in the counts of a person. */
export interface CountView {
  hidden: Hidden;
  seesGold: boolean;
}

/**
 * The difference between the counts of a class and the counts that a person may know. Otherwise the
 * count of a class, minus the images that the list shows, would tell what a task hides.
 */
export class ClassCounts {
  private readonly ofHidden = new WeakMap<Hidden, Promise<HiddenRow[]>>();

  constructor(private readonly dataSource: DataSource) {}

  /** At most limits.maxGoldImages per dataset. */
  readonly golds = async (datasetIds: readonly string[]): Promise<Map<string, GoldRow[]>> => {
    const rows: GoldRow[] = await this.dataSource.query(
      `SELECT image.dataset_id AS "datasetId", image.id AS "imageId",
         image.consensus_class_id AS known, ${ofMajority('label.class_id')} AS shown,
         CASE WHEN NOT image.held_out THEN prediction.class_id END AS predicted
       FROM image JOIN dataset ON dataset.id = image.dataset_id
       LEFT JOIN prediction ON prediction.run_id = dataset.current_run_id AND prediction.image_id = image.id
       WHERE image.dataset_id = ANY($1::uuid[]) AND image.is_gold`,
      [datasetIds],
    );
    return groupedBy(datasetIds, rows, ({ datasetId }) => datasetId);
  };

  /** To add to the number of images with this consensus. */
  async labelledDifference(
    classId: string,
    golds: readonly GoldRow[],
    { hidden, seesGold }: CountView,
  ): Promise<number> {
    const isHidden = ({ imageId }: { imageId: string }) => hidden.answers.has(imageId);
    const known = seesGold ? 0 : count(golds, (gold) => gold.known === classId);
    const shown = seesGold ? 0 : count(golds, (gold) => gold.shown === classId && !isHidden(gold));
    const held = count(
      await this.rowsOf(hidden),
      (row) => row.labelled === classId && (seesGold || !row.isGold),
    );
    return shown - known - held;
  }

  /** To add to the number of unlabelled images with this prediction. */
  async predictedDifference(
    classId: string,
    golds: readonly GoldRow[],
    { hidden, seesGold }: CountView,
  ): Promise<number> {
    const unanswered = seesGold
      ? 0
      : count(
          golds,
          ({ imageId, shown, predicted }) =>
            shown === null && predicted === classId && !hidden.predictions.has(imageId),
        );
    const held = count(
      await this.rowsOf(hidden),
      (row) => row.predicted === classId && hidden.predictions.has(row.imageId),
    );
    return unanswered - held;
  }

  /** One statement for all classes of a request, and none if nothing is hidden. */
  private rowsOf(hidden: Hidden): Promise<HiddenRow[]> {
    if (hidden.answers.size === 0) return Promise.resolve([]);
    const known = this.ofHidden.get(hidden);
    if (known) return known;
    const rows: Promise<HiddenRow[]> = this.dataSource.query(
      `SELECT image.id AS "imageId", image.is_gold AS "isGold", image.consensus_class_id AS labelled,
         CASE WHEN image.consensus_class_id IS NULL AND NOT image.held_out THEN prediction.class_id END AS predicted
       FROM image JOIN dataset ON dataset.id = image.dataset_id
       LEFT JOIN prediction ON prediction.run_id = dataset.current_run_id AND prediction.image_id = image.id
       WHERE image.id = ANY($1::uuid[])`,
      [[...hidden.answers]],
    );
    this.ofHidden.set(hidden, rows);
    return rows;
  }
}

const count = <T>(rows: readonly T[], isCounted: (row: T) => boolean): number =>
  rows.filter(isCounted).length;
