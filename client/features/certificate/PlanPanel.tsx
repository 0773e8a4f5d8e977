import { useMutation, useQuery } from '@apollo/client/react';
import {
  Button,
  Group,
  NumberInput,
  Paper,
  SegmentedControl,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconShieldCheck } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { EmptyState } from '../../components/EmptyState';
import { ErrorNotice } from '../../components/ErrorNotice';
import { LoadingPage } from '../../components/LoadingPage';
import {
  CertificatePlanDocument,
  CertificateStartDocument,
  type CertificatePlanQuery,
} from '../../gql/operations';
import { AlphaSelect } from './AlphaSelect';
import { formatShare, obstacleWords } from './certificateWords';
import { PlanFigures } from './PlanFigures';
import { ThresholdCurve } from './ThresholdCurve';

interface Props {
  datasetId: string;
  /** The dataset's maximum error rate. */
  epsilon: number;
  /** The dataset's allowed risk. */
  alpha: number;
  /** Whether a new audit voids a valid certificate. */
  voids: boolean;
}
type Plan = CertificatePlanQuery['certificatePlan'];

/** Plans a certificate and starts its audit. */
export function PlanPanel({ datasetId, epsilon: defaultEpsilon, alpha, voids }: Props) {
  const [epsilon, setEpsilon] = useState(defaultEpsilon);
  const [threshold, setThreshold] = useState<number | null>(null);
  const [debouncedEpsilon] = useDebouncedValue(epsilon, 250);
  const { data, previousData, error, refetch } = useQuery(CertificatePlanDocument, {
    variables: { datasetId, epsilon: debouncedEpsilon, threshold },
    fetchPolicy: 'cache-and-network',
  });
  const plan = (data ?? previousData)?.certificatePlan;
  if (error && !plan) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!plan) return <LoadingPage label="Planning" />;
  if (plan.curve.length === 0) return <NoPlan plan={plan} />;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="plan">
      <Stack gap="md">
        <Group justify="space-between" align="flex-start" gap="sm">
          <div>
            <Title order={2} size="h5" id="plan">
              Plan
            </Title>
            <Text size="sm" c="dimmed">
              {plan.run && `Uses the predictions of round ${plan.run.number}. `}Nothing changes
              until you start the audit.
            </Text>
          </div>
          <Group gap="sm" align="flex-start" maw="100%">
            <NumberInput
              label="Maximum error rate"
              w={190}
              suffix=" %"
              min={0.01}
              max={50}
              step={0.5}
              decimalScale={2}
              value={Number((100 * epsilon).toPrecision(4))}
              onChange={(value) => {
                if (typeof value !== 'number' || value < 0.01 || value > 50) return;
                setEpsilon(value / 100);
                setThreshold(null);
              }}
            />
            <AlphaSelect datasetId={datasetId} alpha={alpha} attemptsSpent={plan.attemptsSpent} />
          </Group>
        </Group>
        <PlanFigures plan={plan} />
        <ThresholdCurve
          curve={plan.curve}
          chosen={plan.chosen?.accepted ?? null}
          onChoose={setThreshold}
        />
        <StartAudit plan={plan} datasetId={datasetId} epsilon={epsilon} voids={voids}>
          <SegmentedControl
            size="xs"
            aria-label="Threshold"
            value={threshold === null ? 'best' : 'custom'}
            onChange={(value) =>
              setThreshold(value === 'best' ? null : (plan.chosen?.threshold ?? null))
            }
            data={[
              { value: 'best', label: 'Best threshold' },
              { value: 'custom', label: 'Custom threshold' },
            ]}
          />
        </StartAudit>
      </Stack>
    </Paper>
  );
}

function NoPlan({ plan }: { plan: Plan }) {
  const { title, text } = obstacleWords[plan.obstacle ?? 'NO_MODEL'];
  return (
    <EmptyState icon={IconShieldCheck} title={title}>
      {text}
    </EmptyState>
  );
}

interface StartAuditProps {
  plan: Plan;
  datasetId: string;
  epsilon: number;
  voids: boolean;
  children: ReactNode;
}

function StartAudit({ plan, datasetId, epsilon, voids, children }: StartAuditProps) {
  const [start, { data, error, loading }] = useMutation(CertificateStartDocument, {
    refetchQueries: ['CertificatePage'],
    errorPolicy: 'all',
  });
  const { chosen, obstacle } = plan;
  const startAudit = () => {
    if (!chosen) return;
    const input = { datasetId, epsilon, threshold: chosen.threshold };
    void start({ variables: { input } });
  };
  return (
    <>
      <ErrorNotice
        error={data?.startCertificate.error ?? error}
        title="Could not start the audit"
      />
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          {children}
          <Text size="sm" c="dimmed">
            {obstacle
              ? obstacleWords[obstacle].text
              : `Confidence ${formatShare(chosen?.threshold ?? 1)} or more is accepted.`}
            {voids && ' The certificate above becomes void.'}
          </Text>
        </Group>
        <Button
          variant={voids ? 'default' : 'filled'}
          leftSection={<IconShieldCheck size={16} />}
          disabled={!chosen || obstacle !== null}
          loading={loading}
          onClick={startAudit}
        >
          Start audit
        </Button>
      </Group>
    </>
  );
}
