import { useMutation } from '@apollo/client/react';
import { Button, Group, Paper, Radio, Slider, Stack, Text } from '@mantine/core';
import { IconDownload, IconPackageExport } from '@tabler/icons-react';
import { ErrorNotice } from '../../components/ErrorNotice';
import { ExportCreateDocument } from '../../gql/operations';
import { formatQuantity } from '../../lib/format';
import { inputOfChoice, type ExportChoice } from './exportChoice';

interface Props {
  datasetId: string;
  choice: ExportChoice;
  onChange: (choice: ExportChoice) => void;
  labelled: number;
  /** Number of images that the predictions would add; null while unknown. */
  predicted: number | null;
  hasPredictions: boolean;
}

/** Chooses the contents of the zip file and shows the number of its images. */
export function ExportForm({
  datasetId,
  choice,
  onChange,
  labelled,
  predicted,
  hasPredictions,
}: Props) {
  const [create, { loading, data, error }] = useMutation(ExportCreateDocument, {
    refetchQueries: ['ExportPage'],
    errorPolicy: 'all',
  });
  const created = data?.exportDataset.export;
  const total = labelled + (choice.predictions ? (predicted ?? 0) : 0);
  return (
    <Paper withBorder p="md" component="section" aria-label="New export">
      <Stack gap="md">
        <Radio.Group
          label="What to export"
          value={choice.predictions ? 'both' : 'labels'}
          onChange={(value) => onChange({ ...choice, predictions: value === 'both' })}
        >
          <Stack gap="xs" mt="xs">
            <Radio
              value="labels"
              label="Labels only"
              description={`${formatQuantity(labelled, 'image')} with a consensus`}
            />
            <Radio
              value="both"
              label="Labels, and predictions above a minimum confidence"
              description={
                hasPredictions
                  ? 'Unlabelled images get their predicted class and are marked as predicted'
                  : 'There are no predictions before the first published round'
              }
              disabled={!hasPredictions}
            />
          </Stack>
        </Radio.Group>
        {choice.predictions && (
          <ConfidenceSlider
            minPercent={choice.minPercent}
            predicted={predicted}
            onChange={(minPercent) => onChange({ ...choice, minPercent })}
          />
        )}
        <Group justify="space-between" gap="sm">
          <Text fw={600} className="tabular" aria-live="polite">
            {formatQuantity(total, 'image')}
          </Text>
          <Group gap="xs">
            {created && (
              <Button
                component="a"
                href={created.url}
                download
                variant="light"
                leftSection={<IconDownload size={16} />}
              >
                Download zip
              </Button>
            )}
            <Button
              leftSection={<IconPackageExport size={16} />}
              loading={loading}
              disabled={total === 0}
              onClick={() =>
                void create({ variables: { input: inputOfChoice(datasetId, choice) } })
              }
            >
              Create export
            </Button>
          </Group>
        </Group>
        <ErrorNotice
          error={data?.exportDataset.error ?? error}
          title="Could not create the export"
        />
      </Stack>
    </Paper>
  );
}

interface SliderProps {
  minPercent: number;
  predicted: number | null;
  onChange: (minPercent: number) => void;
}

const marks = [25, 50, 75].map((value) => ({ value, label: `${value} %` }));

function ConfidenceSlider({ minPercent, predicted, onChange }: SliderProps) {
  return (
    <div>
      <Group justify="space-between" mb={6}>
        <Text size="sm" fw={500}>
          Minimum confidence {minPercent} %
        </Text>
        <Text size="sm" c="dimmed" className="tabular" aria-live="polite">
          {predicted === null ? 'counting…' : `adds ${formatQuantity(predicted, 'image')}`}
        </Text>
      </Group>
      <Slider
        min={0}
        max={100}
        label={null}
        marks={marks}
        mb="lg"
        thumbLabel="Minimum confidence"
        value={minPercent}
        onChange={onChange}
      />
      <Text size="xs" c="dimmed">
        About {100 - minPercent} in 100 images predicted at {minPercent} % are expected to be
        incorrect.
      </Text>
    </div>
  );
}
