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
import { wholeChoice, type ExportChoice } from './exportChoice';
import { usePredictedCount } from './usePredictedCount';

export default function ExportPage() {
  const datasetId = useDatasetId();
  const { data, error, refetch } = useQuery(ExportPageDocument, { variables: { datasetId } });
  if (error && !data) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!data?.dataset) return <LoadingPage />;
  return <Exporting dataset={data.dataset} />;
}

function Exporting({ dataset }: { dataset: NonNullable<ExportPageQuery['dataset']> }) {
  const [choice, setChoice] = useState<ExportChoice>(wholeChoice);
  const { counts, currentRun } = dataset;
  // Every new round predicts anew, and so changes the count.
  const predicted = usePredictedCount(
    dataset.id,
    choice,
    `${currentRun?.number}:${counts.labelled}`,
  );
  return (
    <Container size="lg" p="lg">
      <PageHeader
        title="Export"
        description="A zip with each image in its class’s folder, and two files that say how it came about."
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
              canPredict={currentRun !== null}
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
