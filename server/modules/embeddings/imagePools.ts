import { LRUCache } from 'lru-cache';
import type { DataSource } from 'typeorm';
import { Pool } from '../../../models/acquisition';
import type { FeatureMatrix, ImagePool, ImagePools, PoolImage } from './embedding.ports';

/** Maximum number of images in a search for neighbours, whose cost grows with the square. */
const maxPooledImages = 20_000;
const windowStep = 10_000;
/** The cache holds the pools of this many datasets. A pool takes up to 40 MB. */
const maxCachedPools = 4;

interface CachedPool {
  ordinals: Int32Array;
  pool: Pool;
}

const sameRows = (a: Int32Array, b: Int32Array): boolean =>
  a.length === b.length && a.every((value, at) => value === b[at]);

/**
 * Caches sketches and neighbours of datasets' images from run to run. Labels do not change them.
 * New images or another backbone create a new pool.
 */
export class CachedImagePools implements ImagePools {
  private readonly pools = new LRUCache<string, CachedPool>({ max: maxCachedPools });

  constructor(private readonly dataSource: DataSource) {}

  async images(datasetId: string, matrix: FeatureMatrix): Promise<PoolImage[]> {
    const images: PoolImage[] = await this.dataSource.query(
      `SELECT id, ordinal, consensus_class_id AS "classId", EXISTS (SELECT 1 FROM lease
         WHERE lease.image_id = image.id AND lease.expires_at > clock_timestamp()) AS leased
       FROM image WHERE dataset_id = $1 AND NOT held_out ORDER BY shuffle, ordinal`,
      [datasetId],
    );
    return images.filter(({ ordinal }) => matrix.present[ordinal]);
  }

  async open(
    datasetId: string,
    matrix: FeatureMatrix,
    all: readonly PoolImage[],
  ): Promise<ImagePool> {
    const images = windowOf(all);
    const ordinals = Int32Array.from(images, ({ ordinal }) => ordinal);
    const rowOf = new Map(images.map(({ ordinal }, row) => [ordinal, row]));
    const key = `${datasetId} ${matrix.backboneId}`;
    const known = this.pools.get(key);
    if (known && sameRows(known.ordinals, ordinals)) return { pool: known.pool, images, rowOf };
    const pool = new Pool(images.length, matrix.dimensions, () => matrix.rows(ordinals));
    await pool.sketch();
    this.pools.set(key, { ordinals, pool });
    return { pool, images, rowOf };
  }
}

/** Returns a window of a large dataset's images. It moves in large steps, so it seldom changes. */
function windowOf(images: readonly PoolImage[]): readonly PoolImage[] {
  if (images.length <= maxPooledImages) return images;
  const firstOpen = Math.max(
    0,
    images.findIndex(({ classId }) => classId === null),
  );
  const start = Math.min(
    images.length - maxPooledImages,
    Math.floor(firstOpen / windowStep) * windowStep,
  );
  return images.slice(start, start + maxPooledImages);
}
