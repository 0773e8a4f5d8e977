import { useQuery } from '@apollo/client/react';
import { Button, Container } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconPhotoSearch } from '@tabler/icons-react';
import { Link, useSearchParams } from 'react-router';
import { EmptyState } from '../../components/EmptyState';
import { ErrorNotice } from '../../components/ErrorNotice';
import { LoadingPage } from '../../components/LoadingPage';
import { SimilarFoundDocument, SimilarFrameDocument } from '../../gql/operations';
import { datasetPaths, useDatasetId } from '../../lib/datasetPaths';
import { SimilarGridPanel } from './SimilarGridPanel';

const COUNT = 200;

/** Images that look like those of the address, to be labelled all at once. */
export default function SimilarPage() {
  const datasetId = useDatasetId();
  const [params] = useSearchParams();
  const imageIds = params.getAll('image');
  useDocumentTitle('Similar images · Labelloop');
  if (imageIds.length === 0) return <NothingAsked datasetId={datasetId} />;
  const everything = params.get('labelled') === 'all';
  return (
    <Search
      key={params.toString()}
      datasetId={datasetId}
      imageIds={imageIds}
      everything={everything}
    />
  );
}

interface SearchProps {
  datasetId: string;
  imageIds: string[];
  /** Labelled images too. */
  everything: boolean;
}

/** Keyed by the address: another question is another page. */
function Search({ datasetId, imageIds, everything }: SearchProps) {
  const frame = useQuery(SimilarFrameDocument, { variables: { datasetId, imageIds } });
  const found = useQuery(SimilarFoundDocument, {
    variables: { imageIds, first: COUNT, filter: everything ? {} : { labelled: false } },
    fetchPolicy: 'network-only',
    // What was found stays as it was found: labelling an image does not take it off the page.
    nextFetchPolicy: 'cache-only',
  });
  const error = frame.error ?? found.error;
  if (error)
    return (
      <Container size="xs" py="xl">
        <ErrorNotice
          error={error}
          title="Nothing could be compared"
          onRetry={() => void Promise.all([frame.refetch(), found.refetch()])}
        />
      </Container>
    );
  const dataset = frame.data?.dataset;
  const images = found.data?.similarImages;
  if (!dataset || !images) return <LoadingPage label="Comparing images" />;
  const examples = frame.data?.nodes.filter((node) => node !== null && 'fileName' in node) ?? [];
  return (
    <SimilarGridPanel
      dataset={dataset}
      examples={examples}
      found={images}
      everything={everything}
    />
  );
}

function NothingAsked({ datasetId }: { datasetId: string }) {
  return (
    <EmptyState
      icon={IconPhotoSearch}
      title="Similar to what?"
      action={
        <Button component={Link} to={datasetPaths.images(datasetId)}>
          Choose an image
        </Button>
      }
    >
      Open an image and press “Similar images”: those that look most like it come here, to be
      labelled all at once.
    </EmptyState>
  );
}
