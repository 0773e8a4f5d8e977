import { useMutation } from '@apollo/client/react';
import { Button, Group, Modal, NumberInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { ErrorNotice } from '../../components/ErrorNotice';
import { OverviewUpdateDatasetDocument } from '../../gql/operations';

interface Props {
  dataset: { id: string; name: string; autoRetrainAfter: number };
  onClose: () => void;
}

/** Mounted when it opens, so that it starts from what is true then. */
export function SettingsDialog({ dataset, onClose }: Props) {
  const [update, { loading, data, error }] = useMutation(OverviewUpdateDatasetDocument, {
    errorPolicy: 'all',
  });
  const form = useForm({
    initialValues: {
      name: dataset.name,
      autoRetrainAfter: dataset.autoRetrainAfter as number | string,
    },
    validate: { name: (name) => (name.trim() ? null : 'Give the dataset a name.') },
  });
  const submit = form.onSubmit(async ({ name, autoRetrainAfter }) => {
    const input = {
      id: dataset.id,
      name: name.trim(),
      autoRetrainAfter: Number(autoRetrainAfter) || 0,
    };
    const result = await update({ variables: { input } });
    if (result.data?.updateDataset.dataset) onClose();
  });
  return (
    <Modal opened onClose={onClose} title="Dataset settings">
      <form onSubmit={(event) => submit(event)} noValidate>
        <Stack gap="md">
          <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
          <NumberInput
            label="Retrain after this many new labels"
            description="A retrain run starts by itself; 0 switches that off"
            min={0}
            max={100_000}
            allowDecimal={false}
            {...form.getInputProps('autoRetrainAfter')}
          />
          <ErrorNotice error={data?.updateDataset.error ?? error} title="It was not saved" />
          <Group justify="flex-end" gap="xs">
            <Button variant="subtle" color="gray" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={loading}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
