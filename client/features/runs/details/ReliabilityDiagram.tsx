import { CompositeChart } from '@mantine/charts';
import { Text, Title } from '@mantine/core';
import { ChartNote } from '../../../components/ChartNote';
import type { RunsDetailQuery } from '../../../gql/operations';
import { formatPercent, formatQuantity } from '../../../lib/format';

type Calibration = NonNullable<NonNullable<RunsDetailQuery['retrainRun']>['calibration']>;
type Bin = Calibration['bins'][number];

interface Point {
  confidence: number;
  /** The diagonal: a perfectly calibrated model is correct as often as its confidence says. */
  perfect: number;
  correct?: number | null;
  band?: (number | null)[];
  /** Missing at the two ends of the diagonal. */
  bin?: Bin;
}

function pointsOf(bins: readonly Bin[]): Point[] {
  const measured = bins.map((bin) => ({
    confidence: bin.meanConfidence ?? 0,
    perfect: bin.meanConfidence ?? 0,
    correct: bin.accuracy,
    band: [bin.low, bin.high],
    bin,
  }));
  return [{ confidence: 0, perfect: 0 }, ...measured, { confidence: 1, perfect: 1 }];
}

/** Plots how often predictions of each confidence were correct. */
export function ReliabilityDiagram({ calibration }: { calibration: Calibration }) {
  const filled = calibration.bins.filter(({ count }) => count > 0);
  return (
    <section aria-label="Calibration">
      <Title order={3} size="h6" mb={4}>
        Calibration
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {summaryOf(calibration)}
      </Text>
      {filled.length > 0 && (
        <CompositeChart
          h={220}
          data={pointsOf(filled)}
          dataKey="confidence"
          series={[
            { name: 'band', label: '95 % interval', color: 'accent.3', type: 'area' },
            { name: 'correct', label: 'Correct', color: 'accent.5', type: 'line' },
            { name: 'perfect', label: 'Perfect', color: 'gray.5', type: 'line' },
          ]}
          curveType="linear"
          connectNulls
          withLegend
          lineProps={(each) =>
            each.name === 'perfect' ? { dot: false, strokeDasharray: '4 4' } : {}
          }
          areaProps={{ fillOpacity: 0.2, strokeWidth: 0, dot: false, activeDot: false }}
          composedChartProps={{ margin: { right: 14, bottom: 30 } }}
          yAxisProps={{ domain: [0, 1], ticks: [0, 0.5, 1], width: 52, tickFormatter: percentTick }}
          xAxisProps={{ type: 'number', domain: [0, 1], tickFormatter: percentTick }}
          xAxisLabel="Confidence"
          tooltipProps={{
            content: ({ payload }) => (
              <BinNote bin={(payload[0]?.payload as Point | undefined)?.bin} />
            ),
          }}
        />
      )}
    </section>
  );
}

function summaryOf({ accuracy, expectedCalibrationError, sampleCount }: Calibration): string {
  if (accuracy === null || expectedCalibrationError === null)
    return 'The random sample has no labels yet, so confidence could not be checked.';
  const labels = formatQuantity(sampleCount, 'random label');
  return `${formatPercent(accuracy, 1)} of ${labels} were predicted correctly. Confidence is off by ${formatPercent(expectedCalibrationError, 1)} on average.`;
}

/** Lists what was measured for the predictions of one confidence range. */
export function BinNote({ bin }: { bin: Bin | undefined }) {
  if (!bin) return null;
  const percent = (share: number | null) => (share === null ? '–' : formatPercent(share, 1));
  return (
    <ChartNote
      title={`Confidence ${percent(bin.meanConfidence)}`}
      lines={[
        `Correct ${percent(bin.accuracy)}`,
        `Interval ${percent(bin.low)} to ${percent(bin.high)}`,
        formatQuantity(bin.count, 'label'),
      ]}
    />
  );
}

const percentTick = (value: number) => formatPercent(value);
