import type { ApolloClient } from '@apollo/client';
import { type DocumentNode, visit } from 'graphql';
import type { StaleField } from './applyEvent';

interface Selection {
  fields: ReadonlySet<string>;
  /** Whether it lists images in pages (`counts { images }` is only a number). */
  pagesThroughImages: boolean;
}

const selections = new WeakMap<DocumentNode, Selection>();

/** Returns the fields that a document selects, including fragments. */
function selectionOf(document: DocumentNode): Selection {
  const cached = selections.get(document);
  if (cached) return cached;
  const fields = new Set<string>();
  let paged = false;
  visit(document, {
    Field: ({ name, selectionSet }) => {
      fields.add(name.value);
      paged ||= name.value === 'images' && selectionSet !== undefined;
    },
  });
  const selection = { fields, pagesThroughImages: paged && fields.has('thumbnailUrl') };
  selections.set(document, selection);
  return selection;
}

/**
 * Returns whether an active query must be read again because of these fields. A query with pages of
 * images is not, because that would reset it to the first page.
 */
export function isStale(document: DocumentNode, staleFields: ReadonlySet<StaleField>): boolean {
  const { fields, pagesThroughImages } = selectionOf(document);
  return !pagesThroughImages && [...staleFields].some((field) => fields.has(field));
}

/** Reads the active queries again that select one of these fields. */
export function refetchStale(client: ApolloClient, staleFields: ReadonlySet<StaleField>) {
  const queries = [...client.getObservableQueries('active')].filter(({ query }) =>
    isStale(query, staleFields),
  );
  return Promise.all(queries.map((query) => query.refetch()));
}
