import { useQuery } from '@apollo/client/react';
import { Container, Stack } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconUsers } from '@tabler/icons-react';
import { EmptyState } from '../../components/EmptyState';
import { ErrorNotice } from '../../components/ErrorNotice';
import { LoadingPage } from '../../components/LoadingPage';
import { PageHeader } from '../../components/PageHeader';
import { AnnotatorsPageDocument } from '../../gql/operations';
import { useDatasetId } from '../../lib/datasetPaths';
import { AgreementPanel } from './AgreementPanel';
import { BiasPanel } from './BiasPanel';
import { GoldPanel } from './GoldPanel';
import { PeopleTable } from './PeopleTable';

/** Shows the annotators, their agreement, and how predictions influence them. */
export default function AnnotatorsPage() {
  const datasetId = useDatasetId();
  useDocumentTitle('Annotators · Labelloop');
  const { data, error, refetch } = useQuery(AnnotatorsPageDocument, { variables: { datasetId } });
  if (error && !data) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!data?.dataset) return <LoadingPage />;
  const { annotators, agreement, predictionBias, goldImages, blindShare } = data.dataset;
  const { viewerIsReviewer } = data.dataset;
  return (
    <Container size="lg" p="lg">
      <PageHeader
        title="Annotators"
        description="How well people agree with each other, with gold images and with the model. Bars show 95 % intervals."
      />
      {annotators.length === 0 ? (
        <EmptyState icon={IconUsers} title="Nobody has labelled yet">
          People appear here with their first label.
        </EmptyState>
      ) : (
        <Stack gap="lg">
          <PeopleTable annotators={annotators} isReviewer={viewerIsReviewer} />
          <AgreementPanel agreement={agreement} alone={annotators.length < 2} />
          <BiasPanel bias={predictionBias} blindShare={blindShare} />
          {viewerIsReviewer && <GoldPanel images={goldImages} />}
        </Stack>
      )}
    </Container>
  );
}
