import { useMutation } from '@apollo/client/react';
import { Button, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core';
import { IconEyeOff } from '@tabler/icons-react';
import { Link } from 'react-router';
import { ErrorNotice } from '../../components/ErrorNotice';
import { CertificateCancelDocument, type LibCertificateFragment } from '../../gql/operations';
import { datasetPaths } from '../../lib/datasetPaths';
import { formatCount, formatQuantity } from '../../lib/format';
import { auditPercent } from './certificateWords';
import { Statement } from './Statement';

interface Props {
  certificate: LibCertificateFragment;
  datasetId: string;
}

/** Shows the progress, the errors and the savings of the open audit. */
export function AuditPanel({ certificate, datasetId }: Props) {
  const [cancel, { data, error, loading }] = useMutation(CertificateCancelDocument, {
    errorPolicy: 'all',
  });
  const { id, audited, needed, wrong, saved, spent } = certificate;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="audit">
      <Stack gap="md">
        <Group justify="space-between" gap="sm">
          <Title order={2} size="h5" id="audit">
            The audit is open
          </Title>
          <Group gap="xs">
            <Button
              variant="default"
              loading={loading}
              onClick={() => void cancel({ variables: { input: { id } } })}
            >
              Cancel audit
            </Button>
            <Button
              component={Link}
              to={datasetPaths.audit(datasetId)}
              leftSection={<IconEyeOff size={16} />}
            >
              Label audit images
            </Button>
          </Group>
        </Group>
        <div>
          <Group justify="space-between" mb={6}>
            <Text size="sm" className="tabular" aria-live="polite">
              <Text span fw={600}>
                {formatCount(audited)} of {formatCount(needed)}
              </Text>{' '}
              audited, {formatQuantity(wrong, 'error')}
            </Text>
            <Text size="sm" c="dimmed" className="tabular">
              saves {formatQuantity(saved, 'image')}
            </Text>
          </Group>
          <Progress
            value={auditPercent(certificate)}
            aria-label="Audited"
            transitionDuration={200}
          />
        </div>
        <Text size="sm" c="dimmed">
          {nextDecision(certificate)} Everybody can answer. Predictions stay hidden.
          {spent && ' Cancelling now uses this attempt’s risk, because answers were given.'}
        </Text>
        <ErrorNotice
          error={data?.cancelCertificate.error ?? error}
          title="Could not cancel the audit"
        />
        <Statement certificate={certificate} title="Statement if issued" />
      </Stack>
    </Paper>
  );
}

/** What the next answers decide, in two sentences. */
function nextDecision({ needed, wrong, stages }: LibCertificateFragment): string {
  const last = stages.at(-1);
  const spare = (last?.allowedWrong ?? 0) - wrong;
  const onError =
    spare > 0 ? 'Each further error adds audit images.' : 'One more error ends the audit.';
  return `The certificate is issued after ${formatQuantity(needed, 'answer')} without further errors. ${onError}`;
}
