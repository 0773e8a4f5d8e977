import { LineChart } from '@mantine/charts';
import { Center, Group, Paper, Text, Title } from '@mantine/core';
import { formatCount, formatPercent, formatQuantity } from '../../../lib/format';
import { isMeasured, type CurvePoint } from './curve';

const CHART_HEIGHT = 260;
const series = [
  { name: 'validation', label: 'Validation accuracy', color: 'accent.5' },
  { name: 'test', label: 'Test accuracy', color: 'teal.6' },
];

/** Accuracy against labels, run by run, on labels that the fit never saw. */
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
            {measuredOn(last)}
          </Text>
        )}
      </Group>
      {isMeasured(points) ? (
        <LineChart
          h={CHART_HEIGHT}
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
              <PointNotes point={payload[0]?.payload as CurvePoint | undefined} />
            ),
          }}
        />
      ) : (
        <Center h={140} px="md">
          <Text c="dimmed" size="sm" ta="center" maw={420}>
            {points.length === 0
              ? 'After the first round, this shows how accuracy grows with the labels you give.'
              : 'No validation or test labels yet, so accuracy was not measured. Some of the coming labels are set aside for it.'}
          </Text>
        </Center>
      )}
    </Paper>
  );
}

function measuredOn({ round, validation, validationCount, test, testCount }: CurvePoint): string {
  const parts = [
    validation !== null &&
      `${formatPercent(validation, 1)} on ${formatQuantity(validationCount, 'validation label')}`,
    test !== null && `${formatPercent(test, 1)} on ${formatQuantity(testCount, 'test label')}`,
  ].filter(Boolean);
  return parts.length > 0 ? `Round ${round}: ${parts.join(', ')}` : `Round ${round}: not measured`;
}

function PointNotes({ point }: { point: CurvePoint | undefined }) {
  if (!point) return null;
  const rows = [
    { name: 'Validation', value: point.validation, count: point.validationCount },
    { name: 'Test', value: point.test, count: point.testCount },
  ];
  return (
    <Paper withBorder shadow="md" px="sm" py="xs">
      <Text size="sm" fw={600}>
        Round {point.round} · {formatQuantity(point.labels, 'label')}
      </Text>
      {rows.map(({ name, value, count }) => (
        <Text key={name} size="sm" c="dimmed">
          {name}:{' '}
          {value === null
            ? 'not measured'
            : `${formatPercent(value, 1)} on ${formatQuantity(count, 'label')}`}
        </Text>
      ))}
    </Paper>
  );
}
