import { CompositeChart } from '@mantine/charts';
import { Text, Title } from '@mantine/core';
import type { RunsDetailQuery } from '../../../gql/operations';
import { formatPercent, formatQuantity } from '../../../lib/format';

type Calibration = NonNullable<NonNullable<RunsDetailQuery['retrainRun']>['calibration']>;

/** How often images are right that are shown at a confidence: on the diagonal, exactly as often. */
export function ReliabilityDiagram({ calibration }: { calibration: Calibration }) {
  const { expectedCalibrationError, sampleCount, bins, accuracy } = calibration;
  const filled = bins.filter(({ count }) => count > 0);
  return (
    <section aria-label="Calibration">
      <Title order={3} size="h6" mb={4}>
        Calibration
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {accuracy === null || expectedCalibrationError === null
          ? 'The random sample has no labels yet, so confidence could not be checked.'
          : `On ${formatQuantity(sampleCount, 'random label')} ${formatPercent(accuracy, 1)} were right; confidence is ` +
            `${formatPercent(expectedCalibrationError, 1)} off on average.`}
      </Text>
      {filled.length > 0 && (
        <CompositeChart
          h={220}
          data={[
            { confidence: 0, perfect: 0 },
            ...filled.map((bin) => ({
              confidence: bin.meanConfidence,
              right: bin.accuracy,
              band: [bin.low, bin.high],
              perfect: bin.meanConfidence,
              count: bin.count,
            })),
            { confidence: 1, perfect: 1 },
          ]}
          dataKey="confidence"
          series={[
            { name: 'band', label: '95 % interval', color: 'accent.3', type: 'area' },
            { name: 'right', label: 'Right', color: 'accent.5', type: 'line' },
            { name: 'perfect', label: 'Perfect', color: 'gray.5', type: 'line' },
          ]}
          curveType="linear"
          connectNulls
          withLegend
          lineProps={(each) =>
            each.name === 'perfect' ? { dot: false, strokeDasharray: '4 4' } : {}
          }
          areaProps={{ fillOpacity: 0.2, strokeWidth: 0, dot: false, activeDot: false }}
          valueFormatter={(value) =>
            Array.isArray(value)
              ? value.map((each) => formatPercent(Number(each))).join(' to ')
              : formatPercent(value)
          }
          composedChartProps={{ margin: { right: 14, bottom: 30 } }}
          yAxisProps={{ domain: [0, 1], ticks: [0, 0.5, 1], width: 52, tickFormatter: percentTick }}
          xAxisProps={{ type: 'number', domain: [0, 1], tickFormatter: percentTick }}
          xAxisLabel="Confidence"
        />
      )}
    </section>
  );
}

const percentTick = (value: number) => formatPercent(value);
