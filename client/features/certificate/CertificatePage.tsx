import { useQuery } from '@apollo/client/react';
import { Container, Stack } from '@mantine/core';
import { ErrorNotice } from '../../components/ErrorNotice';
import { LoadingPage } from '../../components/LoadingPage';
import { PageHeader } from '../../components/PageHeader';
import { CertificatePageDocument } from '../../gql/operations';
import { useDatasetId } from '../../lib/datasetPaths';
import { AttemptList } from './AttemptList';
import { AuditPanel } from './AuditPanel';
import { PlanPanel } from './PlanPanel';
import { Verdict } from './Verdict';

export default function CertificatePage() {
  const datasetId = useDatasetId();
  const { data, error, refetch } = useQuery(CertificatePageDocument, { variables: { datasetId } });
  if (error && !data) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!data?.dataset) return <LoadingPage />;
  const { certificates, certificateEpsilon, certificateAlpha } = data.dataset;
  const [newest] = certificates;
  const auditing = newest?.status === 'AUDITING' ? newest : undefined;
  const verdict = newest?.status === 'ISSUED' || newest?.status === 'REFUSED' ? newest : undefined;
  return (
    <Container size="lg" p="lg">
      <PageHeader
        title="Certificate"
        description="A promise about what the model decides: so many images are right without anybody looking at each of them."
      />
      <Stack gap="lg">
        {auditing && <AuditPanel certificate={auditing} datasetId={datasetId} />}
        {verdict && <Verdict certificate={verdict} datasetId={datasetId} />}
        {!auditing && (
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
