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

/** How the last audit ended. */
export function Verdict({ certificate, datasetId }: Props) {
  const issued = certificate.status === 'ISSUED';
  const { audited, wrong, accepted, saved, decidedAt, number } = certificate;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="verdict">
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
            <Title order={2} size="h4" id="verdict">
              {issued ? `Certificate ${number} is issued` : 'The certificate was refused'}
            </Title>
            <Text size="sm" c="dimmed">
              {formatCount(wrong)} wrong in {formatQuantity(audited, 'audited image')}
              {decidedAt && `, ${formatMoment(decidedAt)}`}
            </Text>
          </div>
          {issued ? (
            <>
              <Statement certificate={certificate} />
              <Text size="sm">
                {formatQuantity(accepted, 'image')} decided, {formatCount(saved)} of them without
                anybody looking.
              </Text>
              <Deliver datasetId={datasetId} certificateId={certificate.id} />
            </>
          ) : (
            <Text size="sm">
              Too many were wrong to promise it. The answers stay labels, and the model learns from
              them; a stricter threshold or more labels make the next attempt likelier.
            </Text>
          )}
        </Stack>
      </Group>
    </Paper>
  );
}

function Deliver({ datasetId, certificateId }: { datasetId: string; certificateId: string }) {
  const [create, { data, error, loading }] = useMutation(CertificateExportDocument, {
    errorPolicy: 'all',
  });
  const made = data?.exportDataset.export;
  const input = { datasetId, include: 'LABELS_AND_PREDICTIONS' as const, certificateId };
  return (
    <Stack gap="xs" align="flex-start">
      {made ? (
        <Button
          component="a"
          href={made.url}
          download
          variant="light"
          leftSection={<IconDownload size={16} />}
        >
          Download zip of {formatQuantity(made.imageCount, 'image')}
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
      <ErrorNotice error={data?.exportDataset.error ?? error} title="The export was not made" />
    </Stack>
  );
}
