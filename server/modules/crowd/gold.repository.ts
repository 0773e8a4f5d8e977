import { In, type DataSource } from 'typeorm';
import { groupedBy } from '../../domain/groupedBy';
import { Gold } from './gold.entity';

/** Reads gold images. */
export class GoldRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first, by dataset. */
  async ofDatasets(datasetIds: readonly string[]): Promise<Map<string, Gold[]>> {
    const rows = await this.dataSource.manager
      .createQueryBuilder(Gold, 'gold')
      .where('gold.datasetId = ANY(:datasetIds)', { datasetIds })
      .orderBy('gold.createdAt', 'DESC')
      .getMany();
    return groupedBy(datasetIds, rows, ({ datasetId }) => datasetId);
  }

  async ofImages(imageIds: readonly string[]): Promise<Map<string, Gold>> {
    const rows = await this.dataSource.manager.findBy(Gold, { imageId: In([...imageIds]) });
    return new Map(rows.map((row) => [row.imageId, row]));
  }
}
