import { useMutation } from '@apollo/client/react';
import { Button, Group, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconDownload, IconPackageExport, IconShieldCheck, IconShieldX } from '@tabler/icons-react';
import { ErrorNotice } from '../../components/ErrorNotice';
import { CertificateExportDocument, type LibCertificateFragment } from '../../gql/operations';
import { formatCount, formatMoment, formatQuantity } from '../../lib/format';
import { Statement } from './Statement';

interface Props {
  certificate: LibCertificateFragment;
  datasetId: string;
}

/** Shows how the last audit ended. */
export function AuditResult({ certificate, datasetId }: Props) {
  const issued = certificate.status === 'ISSUED';
  const { audited, wrong, accepted, saved, decidedAt, number } = certificate;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="result">
      <Group align="flex-start" wrap="nowrap" gap="md">
        <ThemeIcon
          size={44}
          radius="xl"
          variant="light"
          color={issued ? 'teal' : 'red'}
          visibleFrom="xs"
          aria-hidden
        >
          {issued ? <IconShieldCheck size={24} /> : <IconShieldX size={24} />}
        </ThemeIcon>
        <Stack gap="sm" flex={1} miw={0}>
          <div>
            <Title order={2} size="h4" id="result">
              {issued ? `Certificate ${number} is issued` : 'The certificate was refused'}
            </Title>
            <Text size="sm" c="dimmed">
              {formatQuantity(wrong, 'error')} in {formatQuantity(audited, 'audited image')}
              {decidedAt && `, ${formatMoment(decidedAt)}`}
            </Text>
          </div>
          {issued ? (
            <>
              <Statement certificate={certificate} />
              <Text size="sm">
                {formatQuantity(accepted, 'image')} covered, {formatCount(saved)} of them without a
                manual check.
              </Text>
              <CertificateExport datasetId={datasetId} certificateId={certificate.id} />
            </>
          ) : (
            <Text size="sm">
              The audit found too many errors. Its answers stay labels, and the model learns from
              them. A higher threshold or more labels make the next attempt more likely to succeed.
            </Text>
          )}
        </Stack>
      </Group>
    </Paper>
  );
}

function CertificateExport({
  datasetId,
  certificateId,
}: {
  datasetId: string;
  certificateId: string;
}) {
  const [create, { data, error, loading }] = useMutation(CertificateExportDocument, {
    errorPolicy: 'all',
  });
  const created = data?.exportDataset.export;
  const input = { datasetId, include: 'LABELS_AND_PREDICTIONS' as const, certificateId };
  return (
    <Stack gap="xs" align="flex-start">
      {created ? (
        <Button
          component="a"
          href={created.url}
          download
          variant="light"
          leftSection={<IconDownload size={16} />}
        >
          Download zip of {formatQuantity(created.imageCount, 'image')}
        </Button>
      ) : (
        <Button
          variant="light"
          loading={loading}
          leftSection={<IconPackageExport size={16} />}
          onClick={() => void create({ variables: { input } })}
        >
          Export with this certificate
        </Button>
      )}
      <ErrorNotice error={data?.exportDataset.error ?? error} title="Could not create the export" />
    </Stack>
  );
}
