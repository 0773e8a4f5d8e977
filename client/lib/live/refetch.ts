import type { ApolloClient } from '@apollo/client';
import { type DocumentNode, visit } from 'graphql';
import type { DoubtfulField } from './applyEvent';

interface Selection {
  fields: ReadonlySet<string>;
  /** It shows images page by page (`counts { images }` is only a number). */
  pagesThroughImages: boolean;
}

const selections = new WeakMap<DocumentNode, Selection>();

/** The fields that a document selects, fragments included. */
function selectionOf(document: DocumentNode): Selection {
  const known = selections.get(document);
  if (known) return known;
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
 * Whether a query on screen should be read again because of these fields. A query that pages through images
 * is left alone: reading it again would throw the reader back to its first page.
 */
export function isConcerned(document: DocumentNode, doubtful: ReadonlySet<DoubtfulField>): boolean {
  const { fields, pagesThroughImages } = selectionOf(document);
  return !pagesThroughImages && [...doubtful].some((field) => fields.has(field));
}

/** Reads the queries on screen that show one of these fields. */
export function refetchConcerned(client: ApolloClient, doubtful: ReadonlySet<DoubtfulField>) {
  const concerned = [...client.getObservableQueries('active')].filter(({ query }) =>
    isConcerned(query, doubtful),
  );
  return Promise.all(concerned.map((query) => query.refetch()));
}
