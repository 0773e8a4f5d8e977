import { useMutation } from '@apollo/client/react';
import { Button, Group, Modal, NumberInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { ErrorNotice } from '../../../components/ErrorNotice';
import {
  OverviewSetBackboneDocument,
  OverviewUpdateDatasetDocument,
  type OverviewDatasetFragment,
} from '../../../gql/operations';
import { OverlapFields } from './OverlapFields';
import { overlapInput, overlapValues } from './overlapForm';
import { BackboneSelect } from './BackboneSelect';

interface Props {
  dataset: Pick<
    OverviewDatasetFragment,
    | 'id'
    | 'name'
    | 'autoRetrainAfter'
    | 'targetAccuracy'
    | 'backbone'
    | 'backboneChange'
    | 'overlapMode'
    | 'overlap'
    | 'overlapShare'
    | 'blindShare'
  >;
  onClose: () => void;
}

/**
 * Edits the settings of a dataset. Mounted when it opens, so that it starts with current values.
 */
export function SettingsDialog({ dataset, onClose }: Props) {
  const [update, updating] = useMutation(OverviewUpdateDatasetDocument, { errorPolicy: 'all' });
  const [choose, choosing] = useMutation(OverviewSetBackboneDocument, { errorPolicy: 'all' });
  const form = useForm({
    initialValues: {
      name: dataset.name,
      autoRetrainAfter: dataset.autoRetrainAfter as number | string,
      targetPercent: (Math.round(dataset.targetAccuracy * 1000) / 10) as number | string,
      backbone: dataset.backboneChange?.backboneId ?? dataset.backbone,
      ...overlapValues(dataset),
    },
    validate: { name: (name) => (name.trim() ? null : 'Enter a name.') },
  });
  const saveBackbone = async (backboneId: string | null) => {
    if (!backboneId || !form.isDirty('backbone')) return true;
    const input = { datasetId: dataset.id, backboneId };
    const result = await choose({ variables: { input } });
    return Boolean(result.data?.setDatasetBackbone.dataset);
  };
  const submit = form.onSubmit(async (values) => {
    const { name, autoRetrainAfter, targetPercent, backbone, ...overlap } = values;
    const input = {
      id: dataset.id,
      name: name.trim(),
      autoRetrainAfter: Number(autoRetrainAfter) || 0,
      targetAccuracy: Number(targetPercent) / 100,
      ...overlapInput(overlap),
    };
    const result = await update({ variables: { input } });
    if (result.data?.updateDataset.dataset && (await saveBackbone(backbone))) onClose();
  });
  const failure =
    updating.data?.updateDataset.error ??
    updating.error ??
    choosing.data?.setDatasetBackbone.error ??
    choosing.error;
  return (
    <Modal opened onClose={onClose} title="Dataset settings">
      <form onSubmit={(event) => submit(event)} noValidate>
        <Stack gap="md">
          <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
          <NumberInput
            label="Retrain after this many new labels"
            description="A retrain run starts automatically. 0 turns this off."
            min={0}
            max={100_000}
            allowDecimal={false}
            {...form.getInputProps('autoRetrainAfter')}
          />
          <NumberInput
            label="Target accuracy"
            description="The learning curve forecasts how many labels this takes"
            min={1}
            max={99.9}
            decimalScale={1}
            suffix=" %"
            {...form.getInputProps('targetPercent')}
          />
          <BackboneSelect
            datasetId={dataset.id}
            value={form.values.backbone}
            onChange={(id) => form.setFieldValue('backbone', id)}
          />
          <OverlapFields
            values={form.values}
            onChange={(field, value) => form.setFieldValue(field, value as never)}
          />
          <ErrorNotice error={failure} title="The settings were not saved" />
          <Group justify="flex-end" gap="xs">
            <Button variant="subtle" color="gray" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={updating.loading || choosing.loading}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
