import { LineChart } from '@mantine/charts';
import { Title } from '@mantine/core';
import type { LibRunFragment } from '../../../gql/operations';
import { formatPercent } from '../../../lib/format';

const series = [
  { name: 'accuracy', label: 'Training accuracy', color: 'accent.5' },
  { name: 'validationAccuracy', label: 'Validation accuracy', color: 'teal.6' },
];

/** Plots the accuracy of the network after each epoch. */
export function EpochCurve({ training }: { training: NonNullable<LibRunFragment['training']> }) {
  if (training.epochs.length < 2) return null;
  return (
    <section aria-label="Epochs">
      <Title order={3} size="h6" mb="xs">
        Accuracy per epoch
      </Title>
      <LineChart
        h={180}
        data={[...training.epochs]}
        dataKey="epoch"
        series={series}
        curveType="linear"
        connectNulls={false}
        withDots={training.epochs.length <= 30}
        withLegend
        valueFormatter={(value) => formatPercent(value)}
        yAxisProps={{ domain: [0, 1], ticks: [0, 0.5, 1], width: 52 }}
        xAxisProps={{ type: 'number', domain: [1, 'dataMax'], allowDecimals: false }}
      />
    </section>
  );
}
