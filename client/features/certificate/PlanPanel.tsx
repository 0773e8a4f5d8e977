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
  /** The dataset's own share that may be wrong. */
  epsilon: number;
  /** The dataset's chance that a certificate may be wrong. */
  alpha: number;
  /** Whether beginning another one voids one that holds. */
  voids: boolean;
}
type Plan = CertificatePlanQuery['certificatePlan'];

/** What a certificate would take and save, before anything is begun. */
export function PlanPanel({ datasetId, epsilon: usual, alpha, voids }: Props) {
  const [epsilon, setEpsilon] = useState(usual);
  const [threshold, setThreshold] = useState<number | null>(null);
  const [asked] = useDebouncedValue(epsilon, 250);
  const { data, previousData, error, refetch } = useQuery(CertificatePlanDocument, {
    variables: { datasetId, epsilon: asked, threshold },
    fetchPolicy: 'cache-and-network',
  });
  const plan = (data ?? previousData)?.certificatePlan;
  if (error && !plan) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!plan) return <LoadingPage label="Planning" />;
  if (plan.curve.length === 0) return <Nothing plan={plan} />;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="plan">
      <Stack gap="md">
        <Group justify="space-between" align="flex-start" gap="sm">
          <div>
            <Title order={2} size="h5" id="plan">
              Plan
            </Title>
            <Text size="sm" c="dimmed">
              {plan.run && `Round ${plan.run.number} decides. `}Nothing is asked before you begin.
            </Text>
          </div>
          <Group gap="sm" align="flex-start" maw="100%">
            <NumberInput
              label="At most so many wrong"
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
        <Begin plan={plan} datasetId={datasetId} epsilon={epsilon} voids={voids}>
          <SegmentedControl
            size="xs"
            aria-label="Threshold"
            value={threshold === null ? 'best' : 'own'}
            onChange={(value) =>
              setThreshold(value === 'best' ? null : (plan.chosen?.threshold ?? null))
            }
            data={[
              { value: 'best', label: 'Saves most' },
              { value: 'own', label: 'My threshold' },
            ]}
          />
        </Begin>
      </Stack>
    </Paper>
  );
}

function Nothing({ plan }: { plan: Plan }) {
  const { title, text } = obstacleWords[plan.obstacle ?? 'NO_MODEL'];
  return (
    <EmptyState icon={IconShieldCheck} title={title}>
      {text}
    </EmptyState>
  );
}

interface BeginProps {
  plan: Plan;
  datasetId: string;
  epsilon: number;
  voids: boolean;
  children: ReactNode;
}

function Begin({ plan, datasetId, epsilon, voids, children }: BeginProps) {
  const [start, { data, error, loading }] = useMutation(CertificateStartDocument, {
    refetchQueries: ['CertificatePage'],
    errorPolicy: 'all',
  });
  const { chosen, obstacle } = plan;
  const begin = () => {
    if (!chosen) return;
    const input = { datasetId, epsilon, threshold: chosen.threshold };
    void start({ variables: { input } });
  };
  return (
    <>
      <ErrorNotice error={data?.startCertificate.error ?? error} title="The audit was not begun" />
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
          onClick={begin}
        >
          Begin the audit
        </Button>
      </Group>
    </>
  );
}
