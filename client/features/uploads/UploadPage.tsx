import { useMutation, useQuery } from '@apollo/client/react';
import { Container, Stack } from '@mantine/core';
import { useEffect } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice';
import { LoadingPage } from '../../components/LoadingPage';
import { PageHeader } from '../../components/PageHeader';
import { UploadCancelImportDocument, UploadPageDocument } from '../../gql/operations';
import { useDatasetId } from '../../lib/datasetPaths';
import { useLiveActivity } from '../../lib/live';
import { notifyFailure, notifyMutationError } from '../../lib/mutationErrors';
import { DropArea } from './DropArea';
import { ImportList } from './ImportList';
import { StagePanel } from './StagePanel';
import { TransferPanel } from './TransferPanel';
import { useStage } from './useStage';
import { useUploads } from './useUploads';

export default function UploadPage() {
  const datasetId = useDatasetId();
  const { data, error, refetch } = useQuery(UploadPageDocument, { variables: { datasetId } });
  useLiveActivity(datasetId);
  const { engine, snapshot } = useUploads(datasetId);
  const limits = data?.capabilities.limits;
  const stage = useStage(limits);
  const [cancelImport] = useMutation(UploadCancelImportDocument);
  const onCancel = (id: string) => {
    cancelImport({ variables: { input: { id } } })
      .then(({ data: result }) => notifyMutationError(result?.cancelImport.error))
      .catch(notifyFailure);
  };
  const perCall = limits?.maxTicketsPerCall;
  useEffect(() => {
    if (perCall) engine.limitTickets(perCall);
  }, [engine, perCall]);

  if (error && !data) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!data?.dataset || !limits) return <LoadingPage />;
  const { dataset } = data;
  const start = () => {
    engine.add(stage.take());
  };
  return (
    <Container size="lg" p="lg">
      <PageHeader title="Upload" description={`Images for ${dataset.name}`} />
      <Stack gap="lg">
        <DropArea
          limits={limits}
          onFiles={stage.add}
          compact={stage.count > 0 || snapshot.files > 0}
        />
        {stage.count + stage.staged.refusals.length > 0 && (
          <StagePanel stage={stage} classes={dataset.classes} onStart={start} />
        )}
        {snapshot.files > 0 && (
          <TransferPanel engine={engine} snapshot={snapshot} datasetId={datasetId} />
        )}
        <ImportList imports={dataset.imports} onCancel={onCancel} />
      </Stack>
    </Container>
  );
}
