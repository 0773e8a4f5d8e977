import { Paper, Stack, Text, Title } from '@mantine/core';
import type { AnnotatorsPageQuery } from '../../gql/operations';
import { IntervalBar, percent } from './IntervalBar';

type Bias = NonNullable<AnnotatorsPageQuery['dataset']>['predictionBias'];

const points = (value: number) => `${(100 * value).toFixed(1)} points`;

function effectText({ difference: { value, low, high } }: NonNullable<Bias>): string {
  const interval = `95 % interval: ${points(low)} to ${points(high)}`;
  if (low > 0)
    return `Showing predictions increases agreement with them by ${points(value)} (${interval}).`;
  if (high < 0)
    return `Showing predictions changes agreement with them by ${points(value)} (${interval}).`;
  return `No effect was detected (${interval}).`;
}

/** Shows how predictions influence answers, measured on tasks that hide them at random. */
export function BiasPanel({ bias, blindShare }: { bias: Bias; blindShare: number }) {
  return (
    <Paper withBorder radius="md" p="md">
      <Stack gap="sm">
        <Title order={2} size="h4">
          Effect of predictions
        </Title>
        {bias ? (
          <>
            <IntervalBar {...bias.shown} note="agreement with a shown prediction" />
            <IntervalBar {...bias.blind} note="agreement with a hidden prediction" />
            <Text size="sm">{effectText(bias)}</Text>
          </>
        ) : (
          <Text c="dimmed">
            {blindShare > 0
              ? `${percent(blindShare)} of tasks hide the prediction. The comparison appears when both kinds of task are answered.`
              : 'To measure how predictions influence answers, hide the prediction in a share of tasks (dataset settings).'}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}
