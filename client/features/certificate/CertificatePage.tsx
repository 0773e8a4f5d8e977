import { useQuery } from '@apollo/client/react';
import { Container, Stack } from '@mantine/core';
import { ErrorNotice } from '../../components/ErrorNotice';
import { LoadingPage } from '../../components/LoadingPage';
import { PageHeader } from '../../components/PageHeader';
import { CertificatePageDocument } from '../../gql/operations';
import { useDatasetId } from '../../lib/datasetPaths';
import { AttemptList } from './AttemptList';
import { AuditPanel } from './AuditPanel';
import { AuditResult } from './AuditResult';
import { PlanPanel } from './PlanPanel';

export default function CertificatePage() {
  const datasetId = useDatasetId();
  const { data, error, refetch } = useQuery(CertificatePageDocument, { variables: { datasetId } });
  if (error && !data) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!data?.dataset) return <LoadingPage />;
  const { certificates, certificateEpsilon, certificateAlpha } = data.dataset;
  const [newest] = certificates;
  const openAudit = newest?.status === 'AUDITING' ? newest : undefined;
  const isDecided = newest?.status === 'ISSUED' || newest?.status === 'REFUSED';
  return (
    <Container size="lg" p="lg">
      <PageHeader
        title="Certificate"
        description="Guarantees a maximum error rate for images that the model labels, without a manual check of each one."
      />
      <Stack gap="lg">
        {openAudit && <AuditPanel certificate={openAudit} datasetId={datasetId} />}
        {isDecided && <AuditResult certificate={newest} datasetId={datasetId} />}
        {!openAudit && (
          <PlanPanel
            datasetId={datasetId}
            epsilon={certificateEpsilon}
            alpha={certificateAlpha}
            voids={newest?.status === 'ISSUED'}
          />
        )}
        <AttemptList certificates={certificates} />
      </Stack>
    </Container>
  );
}
