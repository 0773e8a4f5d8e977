import { useQuery } from '@apollo/client/react';
import { Container, Grid, Stack } from '@mantine/core';
import { useState } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice';
import { LoadingPage } from '../../components/LoadingPage';
import { PageHeader } from '../../components/PageHeader';
import { ExportPageDocument, type ExportPageQuery } from '../../gql/operations';
import { useDatasetId } from '../../lib/datasetPaths';
import { ExportForm } from './ExportForm';
import { ExportLayout } from './ExportLayout';
import { ExportList } from './ExportList';
import { defaultChoice, type ExportChoice } from './exportChoice';
import { usePredictedCount } from './usePredictedCount';

export default function ExportPage() {
  const datasetId = useDatasetId();
  const { data, error, refetch } = useQuery(ExportPageDocument, { variables: { datasetId } });
  if (error && !data) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!data?.dataset) return <LoadingPage />;
  return <ExportView dataset={data.dataset} />;
}

function ExportView({ dataset }: { dataset: NonNullable<ExportPageQuery['dataset']> }) {
  const [choice, setChoice] = useState<ExportChoice>(defaultChoice);
  const { counts, currentRun } = dataset;
  // A new round or a new label changes the count.
  const predicted = usePredictedCount(
    dataset.id,
    choice,
    `${currentRun?.number}:${counts.labelled}`,
  );
  return (
    <Container size="lg" p="lg">
      <PageHeader
        title="Export"
        description="A zip file with each image in the folder of its class, and two files that describe the labels."
      />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="lg">
            <ExportForm
              datasetId={dataset.id}
              choice={choice}
              onChange={setChoice}
              labelled={counts.labelled}
              predicted={predicted}
              hasPredictions={currentRun !== null}
            />
            <ExportList exports={dataset.exports} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <ExportLayout classes={dataset.classes} withPredictions={choice.predictions} />
        </Grid.Col>
      </Grid>
    </Container>
  );
}
