import { useQuery } from '@apollo/client/react';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { ExportCountDocument } from '../../gql/operations';
import { filterOfChoice, type ExportChoice } from './exportChoice';

/** Counts the images that the predictions would add; null until counted. A new `version` recounts. */
export function usePredictedCount(datasetId: string, choice: ExportChoice, version: string) {
  const [minPercent] = useDebouncedValue(choice.minPercent, 250);
  const filter = filterOfChoice({ ...choice, minPercent });
  const { data, previousData, refetch } = useQuery(ExportCountDocument, {
    variables: { datasetId, filter },
    skip: !choice.predictions,
  });
  const countedVersion = useRef(version);
  useEffect(() => {
    if (countedVersion.current === version) return;
    countedVersion.current = version;
    if (choice.predictions) void refetch();
  }, [version, choice.predictions, refetch]);
  // The last count stays during a recount, so that the number does not flicker.
  return (data ?? previousData)?.dataset?.images.totalCount ?? null;
}
