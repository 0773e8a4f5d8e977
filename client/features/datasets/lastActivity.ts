import type { DatasetsCardFragment } from '../../gql/operations';

/** The latest known activity in a dataset. */
export function lastActivity(dataset: DatasetsCardFragment): { text: string; at: string } {
  const labelledAt = dataset.lastLabelled.edges[0]?.node.consensus?.decidedAt;
  const run = dataset.currentRun;
  const known = [
    { text: 'Created', at: dataset.createdAt },
    ...(run?.publishedAt ? [{ text: `Round ${run.number} published`, at: run.publishedAt }] : []),
    ...(labelledAt ? [{ text: 'Labelled', at: labelledAt }] : []),
    ...dataset.covers.edges.map(({ node }) => ({ text: 'Uploaded', at: node.createdAt })),
  ];
  return known.reduce((newest, each) =>
    Date.parse(each.at) >= Date.parse(newest.at) ? each : newest,
  );
}
