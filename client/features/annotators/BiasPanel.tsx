import { Paper, Stack, Text, Title } from '@mantine/core';
import type { AnnotatorsPageQuery } from '../../gql/operations';
import { IntervalBar, percent } from './IntervalBar';

type Bias = NonNullable<AnnotatorsPageQuery['dataset']>['predictionBias'];

const points = (value: number) => `${(100 * value).toFixed(1)} points`;

function verdict({ difference: { value, low, high } }: NonNullable<Bias>): string {
  const range = `between ${points(low)} and ${points(high)}, 95 % sure`;
  if (low > 0)
    return `Showing predictions makes people agree with them more: ${points(value)} (${range}).`;
  if (high < 0)
    return `Showing predictions makes people agree with them less: ${points(-value)} (${range}).`;
  return `No effect is proven: the difference is ${range}.`;
}

/** How far predictions pull answers, from the tasks where chance hid them. */
export function BiasPanel({ bias, blindShare }: { bias: Bias; blindShare: number }) {
  return (
    <Paper withBorder radius="md" p="md">
      <Stack gap="sm">
        <Title order={2} size="h4">
          Effect of predictions
        </Title>
        {bias ? (
          <>
            <IntervalBar {...bias.shown} note="agree with the prediction shown" />
            <IntervalBar {...bias.blind} note="agree where it was hidden" />
            <Text size="sm">{verdict(bias)}</Text>
          </>
        ) : (
          <Text c="dimmed">
            {blindShare > 0
              ? `${percent(blindShare)} of tasks hide the prediction; the comparison appears when both kinds are answered.`
              : 'Hide the prediction in a share of tasks (dataset settings) to measure how far predictions sway answers.'}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}
