import { LineChart } from '@mantine/charts';
import { Paper, Text } from '@mantine/core';
import type { CertificateThresholdFragment } from '../../gql/operations';
import { formatCount, formatPercent, formatQuantity } from '../../lib/format';
import { formatShare } from './certificateWords';

interface Props {
  curve: readonly CertificateThresholdFragment[];
  /** Number of accepted images in the current plan. */
  chosen: number | null;
  onChoose: (threshold: number) => void;
}

const series = [
  { name: 'expectedSaved', label: 'Images saved', color: 'accent.5' },
  { name: 'expectedAudits', label: 'Audits', color: 'orange.6' },
];

/** Plots saved images and audits by the number of accepted images. A click chooses a threshold. */
export function ThresholdCurve({ curve, chosen, onChoose }: Props) {
  const choose = (index: unknown) => {
    if (typeof index !== 'number' && typeof index !== 'string') return;
    const point = curve[Number(index)];
    if (point) onChoose(point.threshold);
  };
  return (
    <div role="img" aria-label="Saved images and audits by the number of accepted images">
      <LineChart
        h={240}
        data={curve.map((point) => ({
          ...point,
          expectedSaved: Math.max(0, Math.round(point.expectedSaved)),
          expectedAudits: Math.round(point.expectedAudits),
        }))}
        dataKey="accepted"
        series={series}
        curveType="monotone"
        withLegend
        dotProps={{ r: 2.5 }}
        activeDotProps={{ r: 5 }}
        valueFormatter={formatCount}
        yAxisProps={{ width: 56 }}
        xAxisLabel="Accepted images, most confident first"
        xAxisProps={{
          type: 'number',
          domain: [0, 'dataMax'],
          tickFormatter: (value: number) => formatCount(value),
        }}
        referenceLines={
          chosen === null
            ? []
            : [
                {
                  x: chosen,
                  color: 'teal.6',
                  label: 'Plan',
                  labelPosition: 'insideTopRight' as const,
                },
              ]
        }
        lineChartProps={{
          margin: { right: 14, bottom: 30 },
          onClick: ({ activeTooltipIndex }) => choose(activeTooltipIndex),
          style: { cursor: 'pointer' },
        }}
        tooltipProps={{
          content: ({ payload }) => (
            <PointTooltip point={payload[0]?.payload as CertificateThresholdFragment | undefined} />
          ),
        }}
      />
    </div>
  );
}

function PointTooltip({ point }: { point: CertificateThresholdFragment | undefined }) {
  if (!point) return null;
  return (
    <Paper withBorder shadow="md" px="sm" py="xs">
      <Text size="sm" fw={600}>
        {formatQuantity(point.accepted, 'image')} at {formatShare(point.threshold)} or more
      </Text>
      <Text size="sm" c="dimmed">
        {formatCount(Math.round(point.expectedSaved))} saved, about{' '}
        {formatCount(Math.round(point.expectedAudits))} audits
      </Text>
      <Text size="sm" c="dimmed">
        {formatPercent(point.chance)} probability of a certificate
      </Text>
    </Paper>
  );
}
