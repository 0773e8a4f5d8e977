import { LRUCache } from 'lru-cache';
import type { FoldHead } from '../../../../models/training';
import { adaptHead } from './modelStore';

/** Room for the heads of several datasets, or of one with 2,000 classes. */
const maxCachedBytes = 256 * 2 ** 20;

export interface CachedFolds {
  classIds: readonly string[];
  dimensions: number;
  heads: FoldHead[];
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const bytesOf = ({ weights, curvature }: FoldHead): number =>
  weights.byteLength +
  sum(curvature.map(({ step, change }) => step.byteLength + change.byteLength));

/** Keeps the heads of each dataset's folds in memory, as warm starts for its next run. */
export class FoldHeadCache {
  private readonly cached = new LRUCache<string, CachedFolds>({
    maxSize: maxCachedBytes,
    sizeCalculation: ({ heads }) => Math.max(1, sum(heads.map(bytesOf))),
  });

  /** The heads with their columns moved to these classes. Undefined when none fit. */
  warmStarts(
    key: string,
    { classIds, dimensions }: Pick<CachedFolds, 'classIds' | 'dimensions'>,
  ): FoldHead[] | undefined {
    const cached = this.cached.get(key);
    if (!cached || cached.dimensions !== dimensions) return undefined;
    const isSame =
      cached.classIds.length === classIds.length &&
      cached.classIds.every((id, column) => id === classIds[column]);
    if (isSame) return cached.heads;
    return cached.heads.map((head): FoldHead => ({
      ...head,
      ...adaptHead(head, dimensions, cached.classIds, classIds),
      curvature: [],
      classesSeen: head.classesSeen
        .map((column) => classIds.indexOf(cached.classIds[column] ?? ''))
        .filter((column) => column >= 0),
    }));
  }

  save(key: string, folds: CachedFolds): void {
    this.cached.set(key, folds);
  }
}
