import { useQuery } from '@apollo/client/react';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { ExportCountDocument } from '../../gql/operations';
import { filterOfChoice, type ExportChoice } from './exportChoice';

/** How many images the predictions would add; null until it is counted. `version` changes when it may have changed. */
export function usePredictedCount(datasetId: string, choice: ExportChoice, version: string) {
  const [minPercent] = useDebouncedValue(choice.minPercent, 250);
  const filter = filterOfChoice({ ...choice, minPercent });
  const { data, previousData, refetch } = useQuery(ExportCountDocument, {
    variables: { datasetId, filter },
    skip: !choice.predictions,
  });
  const counted = useRef(version);
  useEffect(() => {
    if (counted.current === version) return;
    counted.current = version;
    if (choice.predictions) void refetch();
  }, [version, choice.predictions, refetch]);
  // While the next is counted the last one stays, so that nothing flickers under the slider.
  return (data ?? previousData)?.dataset?.images.totalCount ?? null;
}
