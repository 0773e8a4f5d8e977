import { useQuery } from '@apollo/client/react';
import { Button, Container } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconPhotoSearch } from '@tabler/icons-react';
import { Link, useSearchParams } from 'react-router';
import { EmptyState } from '../../components/EmptyState';
import { ErrorNotice } from '../../components/ErrorNotice';
import { LoadingPage } from '../../components/LoadingPage';
import { SimilarImagesDocument, SimilarPageDocument } from '../../gql/operations';
import { datasetPaths, useDatasetId } from '../../lib/datasetPaths';
import { SimilarGridPanel } from './SimilarGridPanel';

const maxResults = 200;

/** Searches images similar to those in the address, to label them together. */
export default function SimilarPage() {
  const datasetId = useDatasetId();
  const [params] = useSearchParams();
  const imageIds = params.getAll('image');
  useDocumentTitle('Similar images · Labelloop');
  if (imageIds.length === 0) return <NoExamples datasetId={datasetId} />;
  const includeLabelled = params.get('labelled') === 'all';
  return (
    <Search
      key={params.toString()}
      datasetId={datasetId}
      imageIds={imageIds}
      includeLabelled={includeLabelled}
    />
  );
}

interface SearchProps {
  datasetId: string;
  imageIds: string[];
  includeLabelled: boolean;
}

/** Keyed by the address, so that another search starts with a new state. */
function Search({ datasetId, imageIds, includeLabelled }: SearchProps) {
  const page = useQuery(SimilarPageDocument, { variables: { datasetId, imageIds } });
  const search = useQuery(SimilarImagesDocument, {
    variables: { imageIds, first: maxResults, filter: includeLabelled ? {} : { labelled: false } },
    fetchPolicy: 'network-only',
    // The result is not refetched, so that a labelled image stays on the page.
    nextFetchPolicy: 'cache-only',
  });
  const error = page.error ?? search.error;
  if (error)
    return (
      <Container size="xs" py="xl">
        <ErrorNotice
          error={error}
          title="Could not compare images"
          onRetry={() => void Promise.all([page.refetch(), search.refetch()])}
        />
      </Container>
    );
  const dataset = page.data?.dataset;
  const results = search.data?.similarImages;
  if (!dataset || !results) return <LoadingPage label="Comparing images" />;
  const examples = page.data?.nodes.filter((node) => node !== null && 'fileName' in node) ?? [];
  return (
    <SimilarGridPanel
      dataset={dataset}
      examples={examples}
      results={results}
      includeLabelled={includeLabelled}
    />
  );
}

function NoExamples({ datasetId }: { datasetId: string }) {
  return (
    <EmptyState
      icon={IconPhotoSearch}
      title="No image chosen"
      action={
        <Button component={Link} to={datasetPaths.images(datasetId)}>
          Choose image
        </Button>
      }
    >
      Open an image and choose “Similar images”. The most similar images appear here, and you label
      them together.
    </EmptyState>
  );
}
