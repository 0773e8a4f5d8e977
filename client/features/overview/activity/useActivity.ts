import { useQuery } from '@apollo/client/react';
import { useMemo } from 'react';
import {
  OverviewHistoryDocument,
  type LiveEventsSubscription,
  type OverviewRunFragment,
} from '../../../gql/operations';
import {
  entriesOfImages,
  entriesOfRuns,
  entryOfEvent,
  mergeActivity,
  type ActivityEntry,
} from './activity';

const maxEntries = 30;

/** Combines live events with the history from before the page was opened. */
export function useActivity(
  datasetId: string,
  live: readonly LiveEventsSubscription['datasetEvents'][],
  runs: readonly OverviewRunFragment[],
): ActivityEntry[] {
  const { data } = useQuery(OverviewHistoryDocument, { variables: { datasetId } });
  const recent = data?.dataset?.recent;
  return useMemo(() => {
    const events = live.flatMap((event) => entryOfEvent(event) ?? []);
    const images = (recent?.edges ?? []).map((edge) => edge.node);
    return mergeActivity([events, entriesOfImages(images), entriesOfRuns(runs)], maxEntries);
  }, [live, recent, runs]);
}
