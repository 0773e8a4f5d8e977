import { LineChart } from '@mantine/charts';
import { Center, Group, Paper, Text, Title } from '@mantine/core';
import { ChartNote } from '../../../components/ChartNote';
import { formatCount, formatPercent, formatQuantity } from '../../../lib/format';
import { isMeasured, type CurvePoint } from './curve';

const chartHeight = 260;
const series = [
  { name: 'validation', label: 'Validation accuracy', color: 'accent.5' },
  { name: 'test', label: 'Test accuracy', color: 'teal.6' },
];

/** Plots accuracy against the number of labels, on labels that the model was not trained on. */
export function LearningCurve({ points }: { points: CurvePoint[] }) {
  const last = points.at(-1);
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="learning-curve">
      <Group justify="space-between" mb="sm" gap="xs">
        <Title order={2} size="h5" id="learning-curve">
          Learning curve
        </Title>
        {last && (
          <Text size="sm" c="dimmed">
            {latestAccuracy(last)}
          </Text>
        )}
      </Group>
      {isMeasured(points) ? (
        <LineChart
          h={chartHeight}
          data={points}
          dataKey="labels"
          series={series}
          curveType="linear"
          connectNulls={false}
          withLegend
          lineChartProps={{ margin: { right: 14, bottom: 30 } }}
          valueFormatter={(value) => formatPercent(value)}
          yAxisProps={{ domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1], width: 52 }}
          xAxisProps={{
            type: 'number',
            domain: ['dataMin', 'dataMax'],
            tickFormatter: (value: number) => formatCount(value),
          }}
          xAxisLabel="Labels"
          tooltipProps={{
            content: ({ payload }) => (
              <PointNote point={payload[0]?.payload as CurvePoint | undefined} />
            ),
          }}
        />
      ) : (
        <Center h={140} px="md">
          <Text c="dimmed" size="sm" ta="center" maw={420}>
            {points.length === 0
              ? 'After the first round, this chart shows how accuracy grows with the labels.'
              : 'Accuracy was not measured, because there are no validation or test labels yet. Some of the next labels become validation or test labels.'}
          </Text>
        </Center>
      )}
    </Paper>
  );
}

function latestAccuracy({
  round,
  validation,
  validationCount,
  test,
  testCount,
}: CurvePoint): string {
  const parts = [
    validation !== null &&
      `${formatPercent(validation, 1)} on ${formatQuantity(validationCount, 'validation label')}`,
    test !== null && `${formatPercent(test, 1)} on ${formatQuantity(testCount, 'test label')}`,
  ].filter(Boolean);
  return parts.length > 0 ? `Round ${round}: ${parts.join(', ')}` : `Round ${round}: not measured`;
}

function PointNote({ point }: { point: CurvePoint | undefined }) {
  if (!point) return null;
  const { round, labels, validation, validationCount, test, testCount } = point;
  return (
    <ChartNote
      title={`Round ${round} · ${formatQuantity(labels, 'label')}`}
      lines={[
        `Validation: ${accuracyText(validation, validationCount)}`,
        `Test: ${accuracyText(test, testCount)}`,
      ]}
    />
  );
}

const accuracyText = (accuracy: number | null, count: number) =>
  accuracy === null
    ? 'not measured'
    : `${formatPercent(accuracy, 1)} on ${formatQuantity(count, 'label')}`;
