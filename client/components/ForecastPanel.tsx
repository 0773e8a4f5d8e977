import { CompositeChart } from '@mantine/charts';
import { Badge, Group, Paper, Text, Title } from '@mantine/core';
import type { LibForecastFragment, StopAdvice } from '../gql/operations';
import { formatCount, formatPercent, formatQuantity } from '../lib/format';
import { ChartNote } from './ChartNote';
import classes from './ForecastPanel.module.css';

const advice: Record<StopAdvice, { text: string; color: string }> = {
  CONTINUE: { text: 'Continue', color: 'accent' },
  NEARLY: { text: 'Nearly there', color: 'yellow' },
  STOP: { text: 'Stop now', color: 'teal' },
};

const series = [
  { name: 'band', label: '90 % interval', color: 'accent.3', type: 'area' },
  { name: 'forecast', label: 'Forecast', color: 'accent.5', type: 'line' },
  { name: 'measured', label: 'Measured', color: 'teal.6', type: 'line' },
] as const;

interface Row {
  labels: number;
  band?: [number, number];
  forecast?: number;
  measured?: number;
  /** Round and sample size of a measurement. */
  about?: string;
}

/** Merges the forecast curve and the measurements into one list for the chart. */
function rowsOf({ curve, measurements }: LibForecastFragment): Row[] {
  const points: Row[] = curve.map(({ labels, value, low, high }) => ({
    labels,
    forecast: value,
    band: [low, high],
  }));
  const measured: Row[] = measurements.map(({ labels, accuracy, round, sample }) => ({
    labels,
    measured: accuracy,
    about: `Round ${round}, on ${formatQuantity(sample, 'label')}`,
  }));
  return [...points, ...measured].sort((a, b) => a.labels - b.labels);
}

/** Plots measured and forecast accuracy against labels, and advises whether to continue. */
export function ForecastPanel({ forecast }: { forecast: LibForecastFragment }) {
  const { text, color } = advice[forecast.advice];
  const rows = rowsOf(forecast);
  const lowest = Math.min(
    forecast.target,
    ...rows.map((row) => row.measured ?? row.band?.[0] ?? 1),
  );
  const floor = Math.max(0, Math.floor(lowest * 10) / 10);
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="forecast">
      <Group justify="space-between" mb="xs" gap="xs">
        <Title order={2} size="h5" id="forecast">
          Learning curve
        </Title>
        <Badge variant="light" color={color} tt="none" size="lg">
          {text}
        </Badge>
      </Group>
      <Text size="sm" mb="sm">
        {forecast.sentence}
      </Text>
      <Figures forecast={forecast} />
      {rows.length > 0 && (
        <CompositeChart
          h={260}
          data={rows}
          dataKey="labels"
          series={[...series]}
          curveType="linear"
          connectNulls
          withLegend
          maxBarWidth={30}
          composedChartProps={{ margin: { right: 14, bottom: 30 } }}
          lineProps={(each) =>
            each.name === 'measured'
              ? { strokeWidth: 0, dot: { r: 3.5, strokeWidth: 0, fillOpacity: 1 } }
              : { dot: false }
          }
          areaProps={{ fillOpacity: 0.22, strokeWidth: 0, activeDot: false, dot: false }}
          referenceLines={[
            {
              y: forecast.target,
              label: `Target ${sharePoints(forecast.target)}`,
              color: 'teal.7',
              labelPosition: 'insideTopLeft',
            },
          ]}
          yAxisProps={{
            domain: [floor, 1],
            width: 64,
            tickFormatter: sharePoints,
          }}
          xAxisProps={{
            type: 'number',
            domain: ['dataMin', 'dataMax'],
            tickFormatter: (value: number) => formatCount(value),
          }}
          xAxisLabel="Labels"
          tooltipProps={{
            content: ({ payload }) => <RowNote row={payload[0]?.payload as Row | undefined} />,
          }}
        />
      )}
      {forecast.source === 'TEST_SPLIT' && forecast.measurements.length > 0 && (
        <Text size="xs" c="dimmed" mt={4}>
          Measured on the test labels, which are biased towards the images that were chosen for
          labelling. The random sample is used instead once it has 20 labels.
        </Text>
      )}
    </Paper>
  );
}

/** Formats 0.95 as "95 %" and 0.975 as "97.5 %". */
const sharePoints = (share: number) =>
  formatPercent(share, Math.abs(Math.round(share * 100) - share * 100) < 1e-3 ? 0 : 1);

const range = (low: string, high: string) => (low === high ? low : `${low} to ${high}`);

function Figures({ forecast }: { forecast: LibForecastFragment }) {
  const { accuracy, gainPer100, labelsNeeded, target } = forecast;
  if (!accuracy || !gainPer100 || !labelsNeeded) return null;
  const count = (value: number | null) => (value === null ? '∞' : formatCount(value));
  const figures = [
    {
      name: 'Accuracy now',
      value: formatPercent(accuracy.value, 1),
      range: range(formatPercent(accuracy.low, 1), formatPercent(accuracy.high, 1)),
    },
    {
      name: 'Gain from 100 more labels',
      value: `+${(100 * gainPer100.value).toFixed(1)} points`,
      range: range((100 * gainPer100.low).toFixed(1), (100 * gainPer100.high).toFixed(1)),
    },
    {
      name: `Labels needed for ${sharePoints(target)}`,
      value: labelsNeeded.value === null ? 'Not reachable' : formatCount(labelsNeeded.value),
      range: range(count(labelsNeeded.low), count(labelsNeeded.high)),
    },
  ];
  return (
    <dl className={classes.figures}>
      {figures.map(({ name, value, range: interval }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <span className={classes.value}>{value}</span>{' '}
            <span className={classes.range} title="90 % interval">
              {interval}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function RowNote({ row }: { row: Row | undefined }) {
  if (!row) return null;
  const { measured, about, forecast, band } = row;
  const lines = [
    measured !== undefined && `${about}: ${formatPercent(measured, 1)}`,
    forecast !== undefined &&
      band &&
      `Forecast: ${formatPercent(forecast, 1)}, ${formatPercent(band[0], 1)} to ${formatPercent(band[1], 1)}`,
  ];
  return (
    <ChartNote
      title={formatQuantity(row.labels, 'label')}
      lines={lines.filter((line) => typeof line === 'string')}
    />
  );
}
