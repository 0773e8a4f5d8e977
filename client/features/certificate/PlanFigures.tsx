import { SimpleGrid, Stack, Text } from '@mantine/core';
import type { CertificatePlanQuery } from '../../gql/operations';
import { formatCount, formatPercent, formatQuantity } from '../../lib/format';
import { formatShare } from './certificateWords';

type Plan = CertificatePlanQuery['certificatePlan'];

/** Shows what a certificate is expected to cost and save, and the risk that it uses. */
export function PlanFigures({ plan }: { plan: Plan }) {
  const { chosen, remaining, alpha, alphaLeft, attemptAlpha, attemptsSpent, epsilon } = plan;
  if (!chosen)
    return (
      <Text size="sm" c="dimmed">
        No image reaches this confidence threshold.
      </Text>
    );
  const [first] = chosen.stages;
  const last = chosen.stages.at(-1);
  return (
    <Stack gap="xs">
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="md">
        <Figure
          value={formatCount(chosen.accepted)}
          name="accepted"
          note={`of ${formatQuantity(remaining, 'image')} left`}
        />
        <Figure
          value={`about ${formatCount(Math.round(chosen.expectedAudits))}`}
          name="audits"
          note={`${formatCount(first?.audits ?? 0)} without errors, at most ${formatCount(last?.audits ?? 0)}`}
        />
        <Figure
          value={formatCount(Math.max(0, Math.round(chosen.expectedSaved)))}
          name="images saved"
          note="on average, without the audits"
        />
        <Figure
          value={formatPercent(chosen.chance)}
          name="probability of a certificate"
          note={`at an expected error rate of ${formatShare(Number(chosen.expectedErrorRate.toPrecision(2)))}`}
        />
      </SimpleGrid>
      <Text size="xs" c="dimmed">
        Statement: at most {formatShare(epsilon)} incorrect ({formatCount(chosen.tolerated)} of{' '}
        {formatCount(chosen.accepted)}), with {formatShare(1 - alpha)} confidence. This attempt uses{' '}
        {formatShare(attemptAlpha)} of the remaining {formatShare(alphaLeft)} risk
        {attemptsSpent > 0 && ` after ${formatQuantity(attemptsSpent, 'attempt')}`}.
      </Text>
    </Stack>
  );
}

function Figure({ value, name, note }: { value: string; name: string; note: string }) {
  return (
    <div>
      <Text size="xl" fw={650} className="tabular" lh={1.2}>
        {value}
      </Text>
      <Text size="sm" fw={500}>
        {name}
      </Text>
      <Text size="xs" c="dimmed">
        {note}
      </Text>
    </div>
  );
}
