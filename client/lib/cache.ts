import { InMemoryCache, type TypePolicies } from '@apollo/client/cache';
import { relayStylePagination } from '@apollo/client/utilities';
import { LibImageVersionFragmentDoc, possibleTypes } from '../gql/operations';
import { dropStaleImages } from './staleImages';

/** An object without an id. Its fields are merged instead of replaced. */
const merged = { merge: true } as const;

/** Joins pages with the same size and arguments to one list. Other sizes are separate lists. */
const pages = (...keys: string[]) => relayStylePagination(['first', ...keys]);

/** A field that `dropStaleImages` may remove from a result, so that a missing value is no error. */
const versioned = { read: <T>(value: T) => value };

const typePolicies: TypePolicies = {
  Query: { fields: { datasets: pages() } },
  Capabilities: { keyFields: [] },
  Dataset: {
    fields: {
      images: pages('orderBy', 'filter'),
      retrainRuns: pages(),
      counts: merged,
    },
  },
  Image: {
    fields: { version: versioned, labels: versioned, consensus: { ...versioned, ...merged } },
  },
  BackboneChange: merged,
  Prediction: merged,
  RunMetrics: merged,
  RunTraining: merged,
  RunOptions: merged,
  RunRestoration: merged,
  Forecast: merged,
  Limits: merged,
};

/** A cache that never replaces an image by an older version of it. */
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
