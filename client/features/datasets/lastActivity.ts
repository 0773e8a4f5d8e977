import type { DatasetsCardFragment } from '../../gql/operations';

/** The newest thing known to have happened in a dataset. */
export function lastActivity(dataset: DatasetsCardFragment): { what: string; at: string } {
  const labelledAt = dataset.lastLabelled.edges[0]?.node.consensus?.decidedAt;
  const run = dataset.currentRun;
  const known = [
    { what: 'Created', at: dataset.createdAt },
    ...(run?.publishedAt ? [{ what: `Round ${run.number} published`, at: run.publishedAt }] : []),
    ...(labelledAt ? [{ what: 'Labelled', at: labelledAt }] : []),
    ...dataset.covers.edges.map(({ node }) => ({ what: 'Uploaded', at: node.createdAt })),
  ];
  return known.reduce((newest, each) =>
    Date.parse(each.at) >= Date.parse(newest.at) ? each : newest,
  );
}
