import { InMemoryCache, type TypePolicies } from '@apollo/client/cache';
import { relayStylePagination } from '@apollo/client/utilities';
import { LibImageVersionFragmentDoc, possibleTypes } from '../gql/operations';
import { dropStaleImages } from './staleImages';

/**
 * A part of its parent, without an id of its own: selections of it add up instead of replacing each
 * other.
 */
const part = { merge: true } as const;

/**
 * Pages of one size and order make one list; another size is another list (four covers are not a
 * gallery).
 */
const pages = (...keys: string[]) => relayStylePagination(['first', ...keys]);

/**
 * Never written over with something partial or overtaken (`dropStaleImages`), so a missing one is
 * no mistake.
 */
const kept = { read: <T>(value: T) => value };

const typePolicies: TypePolicies = {
  Query: { fields: { datasets: pages() } },
  Capabilities: { keyFields: [] },
  Dataset: {
    fields: {
      images: pages('orderBy', 'filter'),
      retrainRuns: pages(),
      counts: part,
    },
  },
  Image: { fields: { version: kept, labels: kept, consensus: { ...kept, ...part } } },
  BackboneChange: part,
  Prediction: part,
  RunMetrics: part,
  RunTraining: part,
  RunOptions: part,
  RunRestoration: part,
  Forecast: part,
  Limits: part,
};

/** Keeps what is newer: an answer that was overtaken on its way never turns an image back. */
export class FreshCache extends InMemoryCache {
  constructor() {
    super({ possibleTypes, typePolicies });
  }

  override write(options: Parameters<InMemoryCache['write']>[0]) {
    const result = dropStaleImages(options.result, (id) => this.imageVersion(id));
    return super.write({ ...options, result });
  }

  private imageVersion(id: string): number | undefined {
    const cacheId = this.identify({ __typename: 'Image', id });
    return this.readFragment({ id: cacheId, fragment: LibImageVersionFragmentDoc })?.version;
  }
}
