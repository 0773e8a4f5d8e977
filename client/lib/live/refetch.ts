import type { ApolloClient } from '@apollo/client';
import { type DocumentNode, visit } from 'graphql';
import type { DoubtfulField } from './applyEvent';

const fieldsOf = new WeakMap<DocumentNode, Set<string>>();

/** Names of all fields that a document selects, fragments included. */
export function selectedFields(document: DocumentNode): Set<string> {
  const known = fieldsOf.get(document);
  if (known) return known;
  const names = new Set<string>();
  visit(document, { Field: (node) => void names.add(node.name.value) });
  fieldsOf.set(document, names);
  return names;
}

/**
 * Whether a query on screen should be read again because of these fields. A query that pages through images
 * is left alone: reading it again would throw the reader back to its first page.
 */
export function isConcerned(document: DocumentNode, doubtful: ReadonlySet<DoubtfulField>): boolean {
  const selected = selectedFields(document);
  if (selected.has('images') && selected.has('thumbnailUrl')) return false;
  return [...doubtful].some((field) => selected.has(field));
}

/** Reads the queries on screen that show one of these fields. */
export function refetchConcerned(client: ApolloClient, doubtful: ReadonlySet<DoubtfulField>) {
  const concerned = [...client.getObservableQueries('active')].filter(
    ({ query, options }) => isConcerned(query, doubtful) && options.fetchPolicy !== 'no-cache',
  );
  return Promise.all(concerned.map((query) => query.refetch()));
}
